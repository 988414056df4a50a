/** What is on the bench, and the few things that every part of the page does with it. */

export const at = (id) => document.getElementById(id);
export const show = (id, nodes) => at(id).replaceChildren(...[nodes].flat().filter(Boolean));

/**
 * What is on the bench. `text` is what was pasted, sent as it is until the request is changed here. `walk` are the steps
 * back. `sent` is the request and answer before any change; `whatIf` the controls that were moved, by their id, for the
 * address; `query` the day and settings that are tried out; `kept` an answer to compare later ones with.
 */
export const bench = { id: "", name: "", story: "", request: null, text: null, answer: null, walk: [], controls: null, pending: null, sent: null, whatIf: {}, query: {}, kept: null };

/** Longer texts are not put into the text field: a browser takes seconds to lay out two megabytes. */
export const LONGEST_TEXT_EDITED = 100_000;

export const OUTCOMES = {
  "speaks": "Speaks", "nothing to say": "Checked, nothing to say", "cannot advise": "Cannot advise", "not concerned": "Not concerned",
};

/** The outcome as the service names it; from cards and scope where it does not. */
export function outcomeOf({ outcome, cards, inScope }) {
  if (outcome in OUTCOMES) return outcome;
  if (!inScope) return "not concerned";
  return cards.length ? "speaks" : "nothing to say";
}

export const countOf = ({ length }) => (length === 0 ? "No card" : length === 1 ? "1 card" : `${length} cards`);

/** The request as text: as it was pasted, else written out. */
export const textForReading = () => bench.text ?? JSON.stringify(bench.request, null, 2);
