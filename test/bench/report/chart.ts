import { dormouse, PEERS } from "../peers/contenders.ts";
import { format, type Results } from "./results.ts";

const WIDTH = 760;
const LABEL_WIDTH = 190;
const BAR_WIDTH = 420;
const BAR_HEIGHT = 18;
const LINE_HEIGHT = 27;
const CHART_GAP = 26;

/** Colours that are legible on white and black, since an image does not follow the page's theme. */
const COLOURS = { own: "#1f9d74", other: "#8b95a1", text: "#7d8590" } as const;

type Chart = { row: string; figure: string; title: string };

const CHARTS: readonly Chart[] = [
  { row: "peak", figure: "deliveries/s", title: "Deliveries a second at most, 500 sockets in a room" },
  {
    row: "quiet",
    figure: "p50, ms",
    title: "Median latency, ms: 100 sockets, 20 messages a second (shorter is better)",
  },
];

type Bar = { title: string; value: number; isOwn: boolean };

/** The main figures as an SVG bar chart. */
export function chart(results: Results): string {
  const parts: string[] = [];
  let top = 0;
  for (const { row, figure, title } of CHARTS) {
    const bars = [dormouse, ...PEERS].flatMap(({ name, title }): Bar[] => {
      const value = results[row]?.[name]?.[figure];
      return value === undefined ? [] : [{ title, value, isOwn: name === "dormouse" }];
    });
    if (bars.length === 0) continue;
    parts.push(`<text x="0" y="${top + 16}" class="title">${title}</text>`);
    top += LINE_HEIGHT;
    const most = Math.max(...bars.map(({ value }) => value));
    for (const bar of bars) {
      parts.push(drawBar(bar, top, most));
      top += LINE_HEIGHT;
    }
    top += CHART_GAP;
  }
  const height = Math.max(0, top - CHART_GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="What the benchmark measured">
<style>text { font: 14px system-ui, sans-serif; fill: ${COLOURS.text}; } .title { font-weight: 600; }</style>
${parts.join("\n")}
</svg>
`;
}

function drawBar({ title, value, isOwn }: Bar, top: number, most: number): string {
  const width = Math.max(2, Math.round((BAR_WIDTH * value) / most));
  const middle = top + BAR_HEIGHT - 4;
  return [
    `<text x="${LABEL_WIDTH - 12}" y="${middle}" text-anchor="end">${title}</text>`,
    `<rect x="${LABEL_WIDTH}" y="${top}" width="${width}" height="${BAR_HEIGHT}" rx="3" fill="${isOwn ? COLOURS.own : COLOURS.other}"/>`,
    `<text x="${LABEL_WIDTH + width + 10}" y="${middle}">${format(value)}</text>`,
  ].join("\n");
}
