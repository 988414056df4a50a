/** The day and the settings that an answer can be tried under. */

import { html } from "../base/dom.js";
import { upperFirst } from "./facts.js";

/** Fill the form; `change(query)` is called with what differs from what is in force. */
export function renderPolicy(form, settings, today, change) {
  const day = html("input", { type: "date", id: "policy-day", value: today });
  const choices = settings.map((setting) => html("select", { id: `policy-${setting.name}`, title: `${setting.name} in [policy]` },
    setting.choices.map(({ value, words }) => html("option", { value, selected: value === setting.value }, `${upperFirst(words)} (${value})`))));
  form.replaceChildren(
    field("Day it is true for", day),
    ...settings.map((setting, index) => field(upperFirst(setting.what), choices[index])),
  );
  form.onchange = () => {
    const query = {};
    if (day.value && day.value !== today) query.asOf = day.value;
    settings.forEach((setting, index) => { if (choices[index].value !== setting.value) query[setting.name] = choices[index].value; });
    change(query);
  };
}

const field = (label, input) => html("div", { class: "field" }, html("label", { for: input.id }, label), input);
