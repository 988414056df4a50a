/** All that this page ever asks of the network: this service, and nothing else. */

const ROOT = new URL("../../../", import.meta.url);

/** The address of a path of this service. */
export function serviceUrl(path) {
  return new URL(path, ROOT).href;
}

/** What went wrong with a call, in the service's own words. */
export class ServiceError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(serviceUrl(path), { headers: { Accept: "application/json", ...options.headers }, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError("The service cannot be reached. Is it still running?");
  }
  const text = await response.text();
  if (!response.ok) throw new ServiceError(problemIn(text) || `The service answered ${response.status}.`, response.status);
  return { response, text };
}

async function read(path, options) {
  const { text } = await call(path, options);
  return text ? JSON.parse(text) : {};
}

function problemIn(text) {
  try {
    const issue = JSON.parse(text).issue?.[0];
    return issue?.details?.text ?? issue?.diagnostics ?? "";
  } catch {
    return "";
  }
}

const posting = (body, signal) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body, signal });

/** The explanation of a hook request, given as JSON text, on a day and under settings that differ; with the exchange. */
export async function explain(request, query, signal) {
  const began = performance.now();
  const { response, text } = await call(`workbench/explain?${new URLSearchParams(query)}`, posting(request, signal));
  return { answer: JSON.parse(text), text, took: performance.now() - began, status: `${response.status} ${response.statusText}`, headers: [...response.headers] };
}

/** The chart of a patient of a FHIR server, as a hook request. */
export const readChart = (what) => read("workbench/chart", posting(JSON.stringify(what)));

/** Tell the service what became of a card, as an EHR does. */
export const sendFeedback = (service, entry) =>
  read(`cds-services/${service}/feedback`, posting(JSON.stringify({ feedback: [{ outcomeTimestamp: new Date().toISOString(), ...entry }] })));

export const loadControls = () => read("workbench/controls");
export const loadPatient = (id) => read(`workbench/patients/${encodeURIComponent(id)}`);

let guidance;
/** The statements, rules and policy, fetched once. */
export const loadGuidance = () => (guidance ??= read("guidance"));
