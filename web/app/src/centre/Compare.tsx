import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { Choice } from "../blocks/choices.tsx";
import { Bones } from "../blocks/lines.tsx";
import { Empty, Name } from "../blocks/small.tsx";
import { useCommon, useWords } from "../words/Language.tsx";
import { clock } from "../words/times.ts";
import { type KeptSites, useAsked } from "./asked.ts";
import { alignedHour, type Figure, LINES, nowOf, peakOf } from "./series.ts";
import { work } from "./workWords.ts";
import "./work.css";

const EVERY_MS = 15_000;
const FIGURES: readonly Figure[] = ["waiting", "inService", "done"];
const HEIGHT = 300;

/** The sites beside each other over the last hour: as lines, and the same in a table for whoever does not see them. */
export function Compare() {
  const say = useWords(work);
  const common = useCommon();
  const { told, unheard } = useAsked<KeptSites>("/api/v1/sites", EVERY_MS);
  const [figure, setFigure] = useState<Figure>("waiting");
  if (!told) {
    return (
      <div className="work-page">
        {unheard ? <Empty icon="cloud-off" title={say("unread")} /> : <Bones />}
      </div>
    );
  }
  const sites = told.sites.filter((one) => one.state === "enrolled" && one.hour !== null);
  const hour = alignedHour(sites, figure);
  const known = (value: number | null) => (value === null ? common("notKnown") : String(value));
  return (
    <div className="work-page">
      <header className="tools">
        <h2>{say("compare")}</h2>
        <Choice<Figure>
          label={say("figure")}
          options={FIGURES.map((value) => ({ value, label: say(`figure.${value}`) }))}
          value={figure}
          onChange={setFigure}
        />
      </header>
      <p className="soft">{say("compareHow")}</p>
      {hour.minutes.length < 2 ? (
        <Empty icon="activity" title={say("tooEarly")}>
          {say("tooEarlyWhy")}
        </Empty>
      ) : (
        <Plot minutes={hour.minutes} lines={hour.lines} />
      )}
      <table className="sites">
        <caption className="unseen">{say("compare")}</caption>
        <thead>
          <tr>
            <th scope="col">{say("site")}</th>
            <th scope="col" className="count">
              {say("nowIs")}
            </th>
            <th scope="col" className="count">
              {say("hourAgo")}
            </th>
            <th scope="col" className="count">
              {say("peak")}
            </th>
          </tr>
        </thead>
        <tbody>
          {sites.map((site, i) => {
            const line = hour.lines[i]?.values ?? [];
            const peak = peakOf(line);
            return (
              <tr key={site.id}>
                <th scope="row">
                  <i className={`swatch line-${i % LINES}`} aria-hidden="true" />{" "}
                  <a href={`#site=${site.id}`}>
                    <Name>{site.name}</Name>
                  </a>
                </th>
                <td className="count">{known(nowOf(line))}</td>
                <td className="count">{known(line.find((value) => value !== null) ?? null)}</td>
                <td className="count">
                  {peak === null
                    ? common("notKnown")
                    : `${peak.value} · ${clock((hour.minutes[peak.at] ?? 0) * 1000)}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface Lines {
  minutes: readonly number[];
  lines: readonly { name: string; values: readonly (number | null)[] }[];
}

/** Colours come from the page's own tokens; a dash tells every second line apart without them. */
function Plot({ minutes, lines }: Lines) {
  const say = useWords(work);
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot | null>(null);
  const names = lines.map((line) => line.name).join("\n");
  const data = [minutes, ...lines.map((line) => line.values)] as unknown as uPlot.AlignedData;
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const within = place.current;
    if (!within) return;
    const style = getComputedStyle(within);
    const of = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: of("--ink-soft"),
      grid: { stroke: of("--line"), width: 1 },
      font: `13px ${style.fontFamily}`,
    };
    const plot = new uPlot(
      {
        width: within.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, Math.max(5, Math.ceil((max ?? 0) * 1.1))] } },
        axes: [
          {
            ...axis,
            incrs: [60, 300, 600, 900, 1800],
            values: (_, ticks) => ticks.map((at) => clock(at * 1000)),
          },
          { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
        ],
        series: [
          {},
          ...names.split("\n").map((label, i) => ({
            label,
            stroke: of(`--plot-${i % LINES}`),
            width: 2,
            ...(Math.floor(i / LINES) % 2 ? { dash: [6, 4] } : {}),
            points: { show: false },
          })),
        ],
      },
      latest.current,
      within,
    );
    drawn.current = plot;
    const fit = new ResizeObserver(() => plot.setSize({ width: within.clientWidth, height: HEIGHT }));
    fit.observe(within);
    return () => {
      fit.disconnect();
      plot.destroy();
      drawn.current = null;
    };
  }, [names]);
  useEffect(() => drawn.current?.setData(data));
  return <div className="plot" ref={place} role="img" aria-label={say("plotHow")} />;
}
