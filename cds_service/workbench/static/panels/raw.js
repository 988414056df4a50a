/** The exchange as it is: request, response, headers, time, and the same call for a terminal. */

import { copyButton, html, svg, table, unfolding, unfoldingJson } from "../base/dom.js";
import { renderJson } from "../base/json.js";
import { serviceUrl } from "../base/service.js";
import { serviceOf } from "../base/request.js";

const milliseconds = (value) => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

/** Longer texts stay folded: a browser takes its time to lay them out. */
const LONGEST_SHOWN = 100_000;

/** The raw exchange. `text` is the request as it was sent, `exchange` what came back with it; `edit()` takes the request to the text field. */
export function renderRaw(request, text, answer, exchange, edit) {
  const shown = (length) => ({ "data-when-shown": length <= LONGEST_SHOWN });
  return [
    html("div", { class: "row" },
      copyButton("Copy as curl", () => asCurl(request, text)),
      copyButton("Copy request", () => text),
      copyButton("Copy response", () => JSON.stringify(answer, null, 2)),
      html("button", { type: "button", class: "quiet", onclick: edit }, "Edit the request")),
    html("div", { class: "exchange" },
      html("div", {},
        html("h3", {}, "Request"),
        html("p", { class: "note" }, `POST ${serviceUrl(`cds-services/${serviceOf(request)}`)}, ${kilobytes(text)}`),
        unfoldingJson("Request as JSON", () => renderJson(request), shown(text.length))),
      html("div", {},
        html("h3", {}, "Response"),
        html("p", { class: "note" }, `${exchange.status}, ${kilobytes(exchange.text)}, ${milliseconds(exchange.took)}`),
        unfoldingJson("Cards as the EHR gets them", () => renderJson({ cards: answer.cards }), shown(exchange.text.length)),
        unfoldingJson("Explanation as JSON", () => renderJson(answer)),
        unfolding("Response headers", () => table("Response headers", ["Header", "Value"], exchange.headers, { class: "ledger" })))),
    html("h3", {}, "Time"),
    html("div", { id: "timing-here" }, renderTiming(answer.timingMs, exchange.took)),
  ];
}

const kilobytes = (text) => `${(text.length / 1024).toFixed(1)} kB`;

/** The call as a shell would make it; single quotes in the request are written so that the shell keeps them. */
function asCurl(request, text) {
  const body = text.replaceAll("'", String.raw`'\''`);
  return `curl -s -H 'Content-Type: application/json' --data-binary '${body}' ${serviceUrl(`cds-services/${serviceOf(request)}`)}`;
}

/** The timings of an answer, with the round trip as the page saw it, as numbers and as bars. */
function renderTiming(timings, roundTrip) {
  const steps = Object.entries(timings ?? {}).filter(([name]) => name !== "total");
  const total = timings?.total ?? steps.reduce((sum, [, value]) => sum + value, 0);
  const longest = Math.max(...steps.map(([, value]) => value), 0.001);
  const rows = steps.map(([name, value]) => [name.replaceAll("_", " "), milliseconds(value), bar(value / longest)]);
  return table("Time of each step", ["Step", "Time", "Share"],
    [...rows, ["all steps", milliseconds(total), ""], ["round trip, seen from this page", milliseconds(roundTrip), ""]], { class: "timing" });
}

const bar = (share) => svg("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" },
  svg("rect", { width: Math.max(100 * share, 0.5), height: 8 }));
