type Box = readonly [x: number, y: number, width: number, height: number, round: number];

interface Picture {
  size: readonly [width: number, height: number];
  /** Where the glass stands in it. */
  top: number;
  foot: number;
  round: number;
  grey: readonly Box[];
  main: readonly Box[];
}

const column = (x: number, from: number, to: number, height: number): Box[] =>
  Array.from({ length: (to - from) / 9 + 1 }, (_, i) => [x, from + 9 * i, 36, height, 1.5] as const);

const bars = (y: number, to: number, height: number): Box[] =>
  Array.from({ length: to }, (_, i) => [42 + 4.8 * i, y, 3, height, 0] as const);

const PICTURES: Record<string, Picture> = {
  kiosk: {
    size: [54, 92],
    top: 1,
    foot: 91,
    round: 5,
    grey: [
      [7, 12, 26, 5, 2],
      [7, 41, 40, 12, 3],
      [7, 57, 40, 12, 3],
      [7, 73, 40, 12, 3],
    ],
    main: [[7, 25, 40, 12, 3]],
  },
  board: { size: [130, 92], top: 10, foot: 84, round: 4, grey: [], main: [] },
  patient: { size: [46, 92], top: 6, foot: 91, round: 7, grey: [], main: [[7, 66, 32, 9, 3]] },
  coordinator: {
    size: [130, 92],
    top: 10,
    foot: 90,
    round: 4,
    grey: [...column(8, 38, 74, 6), ...column(47, 38, 65, 6), ...column(86, 29, 74, 6)],
    main: [[8, 17, 24, 7, 2], ...column(8, 29, 29, 6), ...column(47, 29, 29, 6)],
  },
  guruji: {
    size: [116, 92],
    top: 10,
    foot: 90,
    round: 6,
    grey: [
      [8, 40, 62, 10, 2],
      [8, 54, 28, 16, 2],
      [40, 54, 30, 16, 2],
      ...[20, 30, 40, 50, 60].map((y) => [78, y, 30, 6, 1.5] as const),
    ],
    main: [[8, 76, 34, 8, 2]],
  },
  admin: {
    size: [130, 92],
    top: 10,
    foot: 90,
    round: 4,
    grey: [[8, 18, 20, 64, 2], ...[22, 36, 50, 64].map((y) => [50, y, 70, 8, 2] as const)],
    main: [26, 40, 68].map((y) => [36, y - 4, 8, 8, 4] as const),
  },
  centre: {
    size: [130, 92],
    top: 10,
    foot: 90,
    round: 4,
    grey: [...[22, 40, 58].map((y) => [8, y, 26, 9, 2] as const), [8, 76, 60, 6, 2]],
    main: [...bars(21, 9, 12), ...bars(39, 17, 12), ...bars(57, 17, 12)],
  },
};

const boxes = (all: readonly Box[], className?: string) =>
  all.map(([x, y, width, height, round]) => (
    <rect key={`${x} ${y}`} {...{ x, y, width, height, className }} rx={round} />
  ));

/** A screen as one sees it from across the room, with the tokens that are on it now. */
export function Glass({ screen, tokens }: { screen: string; tokens: readonly string[] }) {
  const picture = PICTURES[screen];
  if (!picture) return null;
  const [width, height] = picture.size;
  return (
    <svg
      className={screen === "board" ? "glass night" : "glass"}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <rect
        className="case"
        x="1"
        y={picture.top}
        width={width - 2}
        height={picture.foot - picture.top}
        rx={picture.round}
      />
      {boxes(picture.grey)}
      {boxes(picture.main, "main")}
      <Details screen={screen} tokens={tokens} />
    </svg>
  );
}

const UNKNOWN = "–";

function Details({
  screen,
  tokens: [first = UNKNOWN, ...rest],
}: {
  screen: string;
  tokens: readonly string[];
}) {
  switch (screen) {
    case "board":
      return (
        <>
          <text x="45" y="55" fontSize="27">
            {first}
          </text>
          {rest.slice(0, 3).map((token, i) => (
            <text key={token} x="104" y={34 + 17 * i} fontSize="12">
              {token}
            </text>
          ))}
        </>
      );
    case "patient":
      return (
        <>
          <text x="23" y="31" fontSize="13">
            {first}
          </text>
          <circle className="main" cx="10" cy="48" r="3.5" />
          <circle cx="19" cy="50" r="2.5" />
          <circle cx="27" cy="48" r="2.5" />
          <path className="heed" d="M36 42c3 3.5 4 5.5 4 7.5a4 4 0 0 1-8 0c0-2 1-4 4-7.5z" />
        </>
      );
    case "guruji":
      return (
        <text x="26" y="33" fontSize="15">
          {first}
        </text>
      );
    case "admin":
      return <circle className="heed" cx="40" cy="54" r="4" />;
  }
  return null;
}
