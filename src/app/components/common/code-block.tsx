/** Preformatted text. It may scroll, so the keyboard can focus it. */
export function CodeBlock({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard
    <pre dir="ltr" tabIndex={0}>
      <code>{text}</code>
    </pre>
  );
}
