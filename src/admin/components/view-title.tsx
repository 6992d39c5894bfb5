import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { toPlainLine } from "../../app/format/untrusted-text.ts";
import { texts } from "../i18n/index.ts";

let isFirst = true;

type ViewTitleProps = {
  /** Plain text; it may be of users. */
  title: string;
  /** Stands beside the title. */
  children?: ComponentChildren;
};

/** The heading of a view. It takes the focus when the operator changes the view, so that a screen reader reads it. */
export function ViewTitle({ title, children }: ViewTitleProps) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) ref.current?.focus();
    isFirst = false;
  }, []);
  const { admin } = texts.value;
  useEffect(() => {
    document.title = `${toPlainLine(title)} · Dormouse ${admin}`;
  }, [title, admin]);
  return (
    <header class="view-title">
      <h1 ref={ref} tabIndex={-1} title={toPlainLine(title)}>
        <bdi>{toPlainLine(title)}</bdi>
      </h1>
      {children}
    </header>
  );
}
