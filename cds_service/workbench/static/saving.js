/** What is on the bench, saved as a test case. */

import { announce, html } from "./base/dom.js";
import { bench } from "./bench.js";

/** Download the request with what was answered, as a file that runs as a test. */
export function saveCase() {
  const { request, answer, name } = bench;
  const expected = { rule: answer.decision.rule, cards: answer.cards.map((card) => ({ topic: card.source.topic?.code, indicator: card.indicator })) };
  const saved = { name: name || "Saved from the workbench", as_of: answer.asOf, request: bench.text ? JSON.parse(bench.text) : request, expect: expected };
  const file = new Blob([`${JSON.stringify(saved, null, 1)}\n`], { type: "application/json" });
  const link = html("a", { href: URL.createObjectURL(file), download: `${slugOf(saved.name)}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce("Saved. Put the file into tests/cases/http to have it run as a test.");
}

const slugOf = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "case";
