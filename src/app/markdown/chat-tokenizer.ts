import { type MarkedOptions, Tokenizer, type TokenizerExtensionFunction, type Tokens } from "marked";
import { endOfRows, isTableHead, lineAt, pastedAtStart } from "./pasted-table.ts";

/** Deeper quotes, lists and emphasis stay text. */
const MAX_DEPTH = 12;
/** How many characters the parser reads again for openings of emphasis without an end. Beyond that they stay text. */
const MAX_READ_AGAIN = 2_000_000;

/** A bare address. The page finds its exact end, and makes the link. */
const ADDRESS = /^(?:https?:\/\/|www\.)[^\s<>"`，。；：！？、（）「」『』【】《》]+/i;
/** Text up to the next character that may start something else. */
const TEXT = /^(?:[`~]+|[^`~])(?:(?!https?:\/\/|(?<![\w@./-])www\.)[^\\<![`*~_\n@])*/i;
const QUOTE_LINES = /^(?: {0,3}>[^\n]*(?:\n|$))+/;
/** Lines that end a paragraph. */
const INTERRUPTION =
  /^ {0,3}(?:$|>|#{1,6}(?:\s|$)|`{3,}[^`]*$|~{3,}|(?:[-+*]|1[.)])\s+\S|([-*_])(?:[ \t]*\1){2,}[ \t]*$)|^\s+$/;
/** CommonMark does not see that ** ends before a Chinese character and after its punctuation. */
const CJK_STRONG =
  /^\*\*(?=[^\s*])([^*\\`\n]*?[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff65][^*\\`\n]*?)(?<=\S)\*\*/u;

/**
 * Markdown as people write it in a chat: GFM without HTML, link definitions, underlined headings, and quotes that go on after their
 * last `>`. What it does not know stays text.
 */
class ChatTokenizer extends Tokenizer {
  #depth = 0;
  #readAgain = 0;

  #nested<T>(read: () => T): T | undefined {
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth++;
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
  override lheading(): undefined {}
  override reflink(): undefined {}

  override paragraph(src: string): Tokens.Paragraph {
    let end = lineAt(src, 0).length;
    while (end < src.length) {
      const line = lineAt(src, end + 1);
      const isOver = INTERRUPTION.test(line) || isTableHead(src, end + 1) || endOfRows(src, end + 1);
      if (isOver) break;
      end += line.length + 1;
    }
    const text = src.slice(0, end);
    const raw = src.slice(0, end + 1);
    return { type: "paragraph", raw, text, tokens: this.lexer.inline(text) };
  }

  /** One indented line is no code. */
  override code(src: string): Tokens.Code | undefined {
    const token = super.code(src);
    return token?.text.includes("\n") ? token : undefined;
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    const raw = QUOTE_LINES.exec(src)?.[0];
    if (raw === undefined) return undefined;
    return this.#nested(() => {
      const text = raw.replace(/^ {0,3}> ?/gm, "");
      return { type: "blockquote", raw, text, tokens: this.lexer.blockTokens(text, []) };
    });
  }

  override list(src: string): Tokens.List | undefined {
    return this.#nested(() => super.list(src));
  }

  override emStrong(src: string, masked: string, previous?: string): Tokens.Em | Tokens.Strong | undefined {
    if (this.#readAgain > MAX_READ_AGAIN) return undefined;
    const token = this.#nested(() => super.emStrong(src, masked, previous));
    if (token === undefined) this.#readAgain += src.length;
    return token;
  }

  /** A single tilde is a way to end a sentence. */
  override del(src: string, masked: string, previous?: string): Tokens.Del | undefined {
    return src.startsWith("~~") ? this.#nested(() => super.del(src, masked, previous)) : undefined;
  }

  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    return this.#nested(() => super.link(src));
  }

  override url(src: string): Tokens.Link | undefined {
    const raw = ADDRESS.exec(src)?.[0];
    return raw === undefined ? undefined : (textToken(raw) as unknown as Tokens.Link);
  }

  /** The parser's own pattern also looks for e-mail addresses, in quadratic time. */
  override inlineText(src: string): Tokens.Text | undefined {
    const raw = TEXT.exec(src)?.[0];
    return raw === undefined ? undefined : textToken(raw);
  }
}

const textToken = (raw: string): Tokens.Text => ({ type: "text", raw, text: raw, escaped: false });

const pastedTable: TokenizerExtensionFunction = (src) => {
  const pasted = pastedAtStart(src);
  return pasted === undefined ? undefined : { type: "pasted", ...pasted };
};

const cjkStrong: TokenizerExtensionFunction = function (src) {
  const match = CJK_STRONG.exec(src);
  if (match === null) return undefined;
  const [raw, text = ""] = match;
  return { type: "strong", raw, text, tokens: this.lexer.inlineTokens(text) };
};

/** @param literals texts that stay as they are, whatever Markdown is in them */
export function chatOptions(literals: readonly string[]): MarkedOptions {
  const literal: TokenizerExtensionFunction = (src) => {
    const raw = literals.find((one) => src.startsWith(one));
    return raw === undefined ? undefined : textToken(raw);
  };
  return {
    gfm: true,
    breaks: true,
    tokenizer: new ChatTokenizer(),
    extensions: {
      block: [pastedTable],
      inline: literals.length === 0 ? [cjkStrong] : [literal, cjkStrong],
      ...(literals.length > 0 && { startInline: [(src) => src.indexOf("@")] }),
      renderers: {},
      childTokens: {},
    },
  };
}
