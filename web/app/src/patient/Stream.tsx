/** The way from the door to the healer, one stone for each person ahead; dotted when nothing is heard. */
const MOST = 8;
const FROM = 12;
const TO = 300;

const y = (x: number) => 26 + 9 * Math.sin(((x - FROM) / (TO - FROM)) * 2 * Math.PI * 0.88 + 0.25);

const points = Array.from({ length: 33 }, (_, i) => FROM + (i * (TO - FROM)) / 32);
const WATER = `M${points.map((x) => `${x} ${y(x).toFixed(1)}`).join("L")}`;

export function Stream({ ahead, unheard }: { ahead: number; unheard: boolean }) {
  const stones = Math.min(ahead, MOST);
  const step = (290 - 24) / (stones + 1);
  const xs = Array.from({ length: stones }, (_, i) => 24 + step * (i + 1));
  return (
    <svg className="stream" viewBox="0 0 324 52" aria-hidden="true">
      <path className={unheard ? "water unheard" : "water"} d={WATER} />
      <circle className="you" cx="24" cy={y(24).toFixed(1)} r="11" />
      {xs.map((x) => (
        <circle className="stone" key={x} cx={x.toFixed(0)} cy={y(x).toFixed(1)} r="7" />
      ))}
      <path
        className="goal"
        transform={`translate(290 ${(y(301) - 17).toFixed(1)})`}
        d="M11 0c7 8 10 12 10 17a10 10 0 0 1-20 0c0-5 3-9 10-17z"
      />
    </svg>
  );
}
