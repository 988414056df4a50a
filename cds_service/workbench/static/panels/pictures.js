/** The pictures: the dosing schedule of the first 18 months, and laboratory results over time. Each has a table beside it. */

import { html, inPortions, svg, table, unfolding } from "../base/dom.js";

const DAY = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LABEL_WIDTH = 96;
const ROW = 40;
const MOST_DRAWN = 200;
const MOST_SAID = 12;

const time = (day) => Date.parse(`${day}T00:00:00Z`);
const capital = (words) => (/^[a-z][A-Z]/.test(words) ? words : words.charAt(0).toUpperCase() + words.slice(1));
const inWords = (day) => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;

/** A figure that is drawn for the width it has, and again when that changes. */
function figure(caption, draw, below) {
  const frame = html("div", { class: "drawing" });
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.max(280, Math.round(frame.clientWidth));
    if (Math.abs(now - width) > 8) {
      width = now;
      frame.replaceChildren(draw(width));
    }
  }).observe(frame);
  return html("figure", { "aria-label": caption }, html("figcaption", {}, caption), frame, below);
}

/** The schedules of an answer, one for each thing that may be chosen. */
export function renderSchedules(schedules) {
  if (!schedules?.length) return [html("p", { class: "note" }, "No dosing schedule: nothing is advised to be given.")];
  return schedules.map(whole).map((schedule) => {
    const title = titleOf(schedule, schedules.length > 1);
    const start = { ...schedule, to: daysAfter(schedule.from, WEEKS * 7) };
    return html("div", { class: "schedule" },
      html("div", { class: "spans" },
        figure("First 4 weeks", (width) => drawSchedule(start, "First 4 weeks", width, WEEKS_AXIS)),
        figure(title, (width) => drawSchedule(schedule, title, width, MONTHS_AXIS), [notesOf(schedule), scheduleTable(schedule, title)])));
  });
}

const WEEKS = 4;

const daysAfter = (day, days) => new Date(time(day) + days * DAY).toISOString().slice(0, 10);

/** The lines of an axis: how many steps, how many of them apart, the day of one, and its words. */
const WEEKS_AXIS = { steps: WEEKS, every: () => 1, dayOf: (start, step) => daysAfter(start, step * 7), words: (step) => (step === 1 ? "1 week" : `${step}`) };
const MONTHS_AXIS = { steps: 18, every: (width) => (width < 480 ? 6 : 3), dayOf: (start, step) => addMonths(start, step), words: (step, width) => (step === MONTHS_AXIS.every(width) ? `${step} months` : `${step}`) };

/** A schedule with the lists that an answer leaves out where they are empty. */
const whole = ({ reviews = [], phases = [], ...schedule }) => (
  { ...schedule, reviews, phases: phases.map(({ doses = [], ...phase }) => ({ ...phase, doses })) });

/** What tells the options apart: the claim each rests on, or what is given. */
function titleOf({ condition, phases }, several) {
  const words = condition || (several ? phases.map((phase) => phase.text).join(", then ") : "The first 18 months");
  return capital(words);
}

/** What the drawing had to assume, said under it. */
function notesOf(schedule) {
  const notes = schedule.phases.filter((phase) => phase.assumed).map((phase) => `${capital(phase.kind)}: ${phase.assumed}.`);
  return notes.length ? html("p", { class: "note" }, notes.join(" ")) : null;
}

function scheduleTable(schedule, title) {
  const rows = () => schedule.phases.map((phase) => [
    phase.id, phase.text,
    phase.everyDay ? `every day from ${inWords(phase.begins)}` : `${phase.doses.length} doses drawn: ${phase.doses.slice(0, 8).map(inWords).join(", ")}${phase.doses.length > 8 ? ", …" : ""}`,
    [phase.ends, phase.assumed].filter(Boolean).join("; "),
  ]);
  const reviews = () => schedule.reviews.map((review) => ["review", review.what.join(", "), inWords(review.date), ""]);
  return asTable(title, () => table(title, ["Phase", "What", "When", "Ends"], [...rows(), ...reviews()]));
}

const asTable = (title, makeTable, attributes = {}) =>
  unfolding(html("span", {}, "The same as a table", html("span", { class: "unseen" }, `: ${title}`)), makeTable, attributes);

function drawSchedule(schedule, title, width, axis) {
  const [from, to] = [time(schedule.from), time(schedule.to)];
  const narrow = width < 320;
  const left = narrow ? 8 : LABEL_WIDTH;
  const x = (day) => left + ((time(day) - from) / (to - from)) * (width - left - 12);
  const lanes = [...schedule.phases.map((phase) => ({ name: phase.kind, phase })), ...(schedule.reviews.length ? [{ name: "reviews", reviews: schedule.reviews }] : [])];
  const top = narrow ? 22 : 8;
  const step = narrow ? ROW + 14 : ROW;
  const bottom = top + lanes.length * step;
  const root = svg("svg", { width, height: bottom + 28, viewBox: `0 0 ${width} ${bottom + 28}`, role: "img", "aria-label": describe(schedule, title) });
  root.append(...gridLines(schedule.from, axis, x, top, bottom, width));
  lanes.forEach((lane, index) => {
    const y = top + index * step + ROW / 2;
    root.append(svg("text", { x: narrow ? left : 0, y: narrow ? y - 14 : y + 4, class: "lane" }, capital(lane.name)));
    root.append(svg("line", { x1: left, x2: width - 12, y1: y, y2: y, class: "rail" }));
    if (lane.phase) root.append(...phaseMarks(lane.phase, x, y, width, schedule.to));
    else root.append(...lane.reviews.filter((review) => review.date <= schedule.to).map((review) => mark(x(review.date), y, `${inWords(review.date)}: ${review.what.join(", ")}`)));
  });
  return root;
}

function phaseMarks(phase, x, y, width, to) {
  if (phase.begins > to) return [svg("text", { x: width - 12, y: y + 4, class: "tick", "text-anchor": "end" }, `from ${inWords(phase.begins)}`)];
  const end = phase.until && phase.until < to ? x(phase.until) : width - 12;
  const band = svg("rect", { x: x(phase.begins), y: y - 9, width: Math.max(end - x(phase.begins), 3), height: 18, rx: 3, class: `phase ${phase.kind.split(" ")[0]} ${phase.assumed ? "assumed" : ""}` },
    svg("title", {}, phase.text));
  const doses = phase.everyDay ? [] : phase.doses.filter((day) => day <= to).map((day) =>
    svg("rect", { x: x(day) - 1, y: y - 9, width: 2, height: 18, class: "dose" }, svg("title", {}, inWords(day))));
  return [band, ...doses];
}

const mark = (x, y, title) => svg("path", { d: `M${x} ${y - 7} l7 7 l-7 7 l-7 -7 z`, class: "review" }, svg("title", {}, title));

function gridLines(start, { steps, every, dayOf, words }, x, top, bottom, width) {
  const marks = [];
  for (let step = 0; step <= steps; step += every(width)) {
    const [day, last] = [dayOf(start, step), step === steps];
    marks.push(
      svg("line", { x1: x(day), x2: x(day), y1: top, y2: bottom, class: "grid" }),
      svg("text", { x: x(day), y: bottom + 18, class: "tick", "text-anchor": last ? "end" : step ? "middle" : "start" }, step ? words(step, width) : "today"),
    );
  }
  return marks;
}

function addMonths(day, months) {
  const date = new Date(time(day));
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), lastDay));
  return target.toISOString().slice(0, 10);
}

const describe = (schedule, title) =>
  `${title}: ${schedule.phases.map((phase) => phase.text).join("; then ")}. Reviews: ${schedule.reviews.map((review) => inWords(review.date)).join(", ") || "none"}.`;

/** Laboratory results over time, one small chart for each kind of result and unit, all on one scale of time. */
export function renderLaboratory(series) {
  if (!series?.length) return [html("p", { class: "note" }, "No laboratory result of the kinds the guidance asks for.")];
  const drawn = series.map((one) => ({ ...one, points: one.points.filter((point, index) => point.used || index >= one.points.length - MOST_DRAWN) }));
  const days = daysOf(drawn);
  return [
    html("p", { class: "note" }, "Filled: the result that counts. Open: older, or not used. One scale of time for all."),
    html("div", { class: "charts" }, drawn.map((one, index) => {
      const all = series[index].points;
      const title = capital([one.label, one.unit].filter(Boolean).join(", "));
      const left = all.length - one.points.length;
      return figure(title, (width) => drawSeries(one, title, width, days), [
        left > 0 && html("p", { class: "note" }, `${left} older results are not drawn; the table has them.`),
        asTable(title, () => inPortions(all.toReversed(), (points) => seriesTable(one, points, title)), { open: all.length <= MOST_IN_SIGHT }),
      ]);
    })),
  ];
}

const MOST_IN_SIGHT = 3;
const LEAST_SPAN = 60 * DAY;

/** The first and last day of all results; a few days apart are drawn as two months. */
function daysOf(series) {
  const days = series.flatMap((one) => one.points.map((point) => time(point.date)));
  const [first, last] = [days.reduce((one, other) => Math.min(one, other)), days.reduce((one, other) => Math.max(one, other))];
  return { first: Math.min(first, last - LEAST_SPAN), last };
}

function seriesTable(series, points, title) {
  const rows = points.map((point) => [point.date, `${point.reported}`, bandOf(series, point.value)?.label ?? "", point.used ? "yes" : "no"]);
  return table(title, ["Date", "Reported", "Band", "Used"], rows, { class: "series" });
}

/** The series in words, the newest results of it. */
function sayResults({ points }) {
  const said = points.slice(-MOST_SAID).map((point) => `${point.reported} on ${point.date}`);
  const more = points.length - said.length;
  return [more > 0 && `${more} earlier results`, ...said].filter(Boolean).join(", ");
}

/** The limits that can be labelled without one label lying on another; the upper ones win. */
function spaced(limits, y) {
  const kept = [];
  for (const limit of limits.toSorted((one, other) => other - one)) if (!kept.length || y(limit) - y(kept.at(-1)) > 12) kept.push(limit);
  return kept;
}

const bandOf = (series, value) => (series.bands ?? []).find((band) => (band.from === undefined || value >= band.from) && (band.to === undefined || value < band.to || (band.closed && value <= band.to)));

/** A number as it stands on an axis: three digits are enough, and none is shown that is not there. */
const rounded = (value) => String(Number(value.toPrecision(3)));

function drawSeries(series, title, width, { first, last }) {
  const longest = Math.max(0, ...(series.bands ?? []).map((band) => (band.label ?? "").length));
  const [height, left, right, top, bottom] = [150, 36, Math.max(16, 12 + longest * 7), 8, 124];
  const limits = (series.bands ?? []).flatMap((band) => [band.from, band.to]).filter((limit) => limit !== undefined);
  const highest = Math.max(...series.points.map((point) => point.value), ...limits.map((limit) => limit * 1.15)) * 1.12;
  const x = (day) => left + INSET + ((time(day) - first) / (last - first)) * (width - left - right - 2 * INSET);
  const y = (value) => bottom - (Math.min(value, highest) / highest) * (bottom - top);
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}: ${sayResults(series)}` });
  for (const band of series.bands ?? []) {
    const [high, low] = [y(band.to ?? highest), y(band.from ?? 0)];
    root.append(svg("rect", { x: left, width: width - left - right, y: high, height: Math.max(low - high, 0), class: `band ${band.concern ?? ""}` }));
    if (low - high > 11) root.append(svg("text", { x: width - right + 6, y: (high + low) / 2 + 4, class: "band-label" }, band.label ?? ""));
  }
  for (const limit of spaced([...new Set(limits)], y)) root.append(svg("text", { x: left - 5, y: y(limit) + 4, class: "tick", "text-anchor": "end" }, rounded(limit)));
  root.append(...timeTicks(first, last, x, bottom), ...pointMarks(series.points, x, y));
  return root;
}

const INSET = 18;

/** The first and the last day of the scale, and the middle where there is room for it. */
function timeTicks(first, last, x, bottom) {
  const days = [first, (first + last) / 2, last].map((day) => new Date(day).toISOString().slice(0, 10));
  return days.flatMap((day, index) => [
    svg("line", { x1: x(day), x2: x(day), y1: bottom, y2: bottom + 4, class: "grid" }),
    svg("text", { x: x(day) + [-INSET, 0, INSET][index], y: bottom + 18, class: "tick", "text-anchor": ["start", "middle", "end"][index] }, shortDay(day)),
  ]);
}

const shortDay = (day) => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(2, 4)}`;

/** The results in their order, joined by a line; the last one with its number. */
function pointMarks(points, x, y) {
  const places = points.map((point) => [x(point.date), y(point.value)]);
  const [labelX, labelY] = places.at(-1);
  return [
    svg("polyline", { points: places.map((pair) => pair.join(",")).join(" "), class: "trend" }),
    ...points.map((point, index) =>
      svg("circle", { cx: places[index][0], cy: places[index][1], r: 4, class: point.used ? "point used" : "point" }, svg("title", {}, `${point.reported}, ${point.date}`))),
    svg("text", { x: labelX, y: labelY < 24 ? labelY + 18 : labelY - 9, class: "value", "text-anchor": "middle" }, rounded(points.at(-1).value)),
  ];
}
