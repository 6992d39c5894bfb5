import { describe, expect, test } from "vitest";
import {
  addRecentRoom,
  hashOfRoom,
  messageFromHash,
  roomFromHash,
  roomFromInput,
} from "../../../src/app/format/room-link.ts";

describe("roomFromHash", () => {
  test.each([
    ["#lobby", "lobby"],
    ["", "lobby"],
    ["#", "lobby"],
    ["#%E5%A4%A7%20x", "大 x"],
    ["#100%", "100%"],
    ["#a%2Fb", "a/b"],
  ])("[PAGE-1] reads %j as the room %j", (hash, room) => {
    expect(roomFromHash(hash)).toBe(room);
  });

  test.each(["lobby", "大 x", "100%", "a/b#c"])("[PAGE-1] reverses hashOfRoom for %j", (room) => {
    expect(roomFromHash(hashOfRoom(room))).toBe(room);
  });
});

describe("links to messages", () => {
  test.each([
    ["#team@7", "team", 7],
    ["#a%405@12", "a@5", 12],
    ["#a%405", "a@5", undefined],
    ["#team@0", "team", 0],
    ["#team@x", "team@x", undefined],
    ["#@3", "lobby", 3],
    [`#team@${"9".repeat(40)}`, "team", 1e40],
  ])("[PAGE-17] %j names the room %j and the message %j", (hash, room, seq) => {
    expect([roomFromHash(hash), messageFromHash(hash)]).toEqual([room, seq]);
  });

  test.each(["lobby", "a@5", "100%@1"])("[PAGE-17] hashOfRoom reverses them for %j", (room) => {
    const hash = hashOfRoom(room, 42);
    expect([roomFromHash(hash), messageFromHash(hash)]).toEqual([room, 42]);
  });
});

describe("roomFromInput", () => {
  test.each([
    [" team ", "team"],
    ["#team", "team"],
    ["##team", "#team"],
    ["https://d.example/#team%20a", "team a"],
    ["https://d.example/", "lobby"],
    [" ", "lobby"],
    ["https://e.example/#x", "https://e.example/#x"],
  ])("[PAGE-1] opens %j as the room %j", (input, room) => {
    expect(roomFromInput(input, "https://d.example")).toBe(room);
  });
});

describe("addRecentRoom", () => {
  test("[PAGE-1] leaves a listed room in its place", () => {
    expect(addRecentRoom(["a", "b"], "b")).toEqual(["a", "b"]);
  });

  test("[PAGE-29] leaves out a name that no room can have", () => {
    expect(addRecentRoom(["a"], "x".repeat(129))).toEqual(["a"]);
  });

  test("[PAGE-1] adds a new room at the front and keeps 200 rooms", () => {
    const rooms = Array.from({ length: 200 }, (_, i) => `${i}`);
    expect(addRecentRoom(rooms, "new")).toEqual(["new", ...rooms.slice(0, 199)]);
  });
});
