/** Texts of `texts.webhook.statusHints`: what the status of a failed delivery says of the receiver, and what to do. */
export type StatusHint = "redirect" | "unauthorized" | "notFound" | "tooBig" | "slowDown" | "server";

const BY_STATUS: Readonly<Record<number, StatusHint>> = {
  401: "unauthorized",
  403: "unauthorized",
  404: "notFound",
  410: "notFound",
  413: "tooBig",
  429: "slowDown",
};

export function statusHint(status: number): StatusHint | undefined {
  if (status >= 300 && status < 400) return "redirect";
  return status >= 500 ? "server" : BY_STATUS[status];
}
