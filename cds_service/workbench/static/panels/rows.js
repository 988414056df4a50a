/** The rows of the decision table as a request went through them: which decided, and which stood before it. */

/** The row that decides; undefined when none does. */
export const firedRow = ({ trace = [], rule }) => trace.find((row) => row.fired && row.rule === rule);

/** The rows before the one that decides that need all that it needs and one thing more, which is not met. */
export function ruledOut(decision) {
  const row = firedRow(decision);
  if (!row?.needs) return [];
  const before = decision.trace.slice(0, decision.trace.indexOf(row));
  return before.filter(({ oneShort, needs }) => oneShort && row.needs.every((words) => needs.includes(words)));
}
