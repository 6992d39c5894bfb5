/** Line icons on a grid of 24, drawn for this page. They say nothing to a screen reader: the button around one does. */
const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h10",
  close: "M6 6l12 12M18 6L6 18",
  people:
    "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.5-3.6 3.2-6 6.500-6s6 2.400 6.500 6M16 4.400a3.500 3.500 0 010 6.400M18 14.500c2 .8 3.200 2.800 3.500 5.500",
  invite:
    "M10 14a4 4 0 006 .4l3-3a4.200 4.200 0 00-6-6l-1.500 1.500M14 10a4 4 0 00-6-.4l-3 3a4.200 4.200 0 006 6l1.500-1.500",
  frames: "M8 7l-5 5 5 5M16 7l5 5-5 5M13.500 5l-3 14",
  settings: "M4 8h9M17 8h3M4 16h3M11 16h9M15 5.500v5M9 13.500v5",
  send: "M5 12L4 4.500 21 12 4 19.500 5 12zM5 12h8",
  attach:
    "M20 11.500l-8.200 8.200a5 5 0 01-7-7L13 4.500a3.300 3.300 0 014.700 4.700l-8.200 8.100a1.700 1.700 0 01-2.400-2.400l7.600-7.500",
  emoji: "M12 21a9 9 0 100-18 9 9 0 000 18zM8.500 14.500c1.800 2.300 5.200 2.300 7 0M9 9.500v.2M15 9.500v.2",
  down: "M12 5v14M6 13l6 6 6-6",
  up: "M12 19V5M6 11l6-6 6 6",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  plus: "M12 5v14M5 12h14",
  waiting: "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7.500V12l3 2",
  sent: "M5 12.500l4.500 4.500L19 7.500",
  alert: "M12 4l9 16H3L12 4zM12 10v4.500M12 17.300v.2",
  file: "M6 3h8l5 5v13H6V3zM14 3v5h5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The one that the service is named after, curled up asleep. */
export function Dormouse() {
  return (
    <svg class="dormouse" viewBox="0 0 160 96" aria-hidden="true">
      <path class="tail" d="M38 74C8 84 4 46 30 40c14-3 20 8 12 14" />
      <path class="fur" d="M28 78c-4-34 24-58 58-58 36 0 58 24 56 58z" />
      <circle class="fur" cx="102" cy="38" r="12" />
      <circle class="fur" cx="138" cy="38" r="12" />
      <circle class="ear" cx="102" cy="38" r="6" />
      <circle class="ear" cx="138" cy="38" r="6" />
      <path class="face" d="M90 79c-1-26 13-41 30-41s31 15 30 41z" />
      <path class="line" d="M103 60c3 4 8 4 11 0M126 60c3 4 8 4 11 0M117 69c2 2.500 4 2.500 6 0" />
      <path class="line" d="M62 79c2-7 14-7 16 0" />
      <path class="branch" d="M6 80h148" />
      <path class="sleep" d="M136 10h8l-8 9h8M150 1h6l-6 7h6" />
    </svg>
  );
}
