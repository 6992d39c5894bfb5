CREATE TABLE IF NOT EXISTS messages (room TEXT, seq INTEGER, author TEXT, text TEXT, PRIMARY KEY (room, seq));
