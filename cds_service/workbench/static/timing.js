/** How long each step took, as numbers and as bars. */

import { html, svg, table } from "./dom.js";

/** The timings of an answer, with the round trip as the page saw it. */
export function renderTiming(timings, roundTrip) {
  const steps = Object.entries(timings ?? {}).filter(([name]) => name !== "total");
  const total = timings?.total ?? steps.reduce((sum, [, value]) => sum + value, 0);
  const longest = Math.max(...steps.map(([, value]) => value), 0.001);
  const rows = steps.map(([name, value]) => [name.replaceAll("_", " "), milliseconds(value), bar(value / longest)]);
  return [
    table("Time of each step", ["Step", "Time", "Share"], [...rows, ["all steps", milliseconds(total), ""], ["round trip, seen from this page", milliseconds(roundTrip), ""]], { class: "timing" }),
  ];
}

const milliseconds = (value) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

const bar = (share) => svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" },
  svg("rect", { width: Math.max(100 * share, 0.5), height: 8 }));
