const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Whether a text is one to three emoji and nothing else. The page shows those large. */
export function isEmojiOnly(text: string): boolean {
  return text.length < 64 && EMOJI_ONLY.test(text.trim());
}
