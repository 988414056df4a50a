/** The day and the settings that an answer can be tried under. */

import { html } from "../base/dom.js";

/** Fill the form; `change(query)` is called with what differs from what is in force. */
export function renderPolicy(form, settings, today, change) {
  const day = html("input", { type: "date", id: "policy-day", value: today, "aria-label": "Day it is true for" });
  const choices = settings.map((setting) => html("select", { id: `policy-${setting.name}`, "aria-label": setting.what },
    setting.choices.map((choice) => html("option", { value: choice, selected: choice === setting.value }, choice))));
  form.replaceChildren(
    field("Day", day),
    html("details", {}, html("summary", {}, `${settings.length} settings`),
      html("div", { class: "controls" }, settings.map((setting, index) => field(`${setting.what} (${setting.name})`, choices[index])))),
  );
  form.onchange = () => {
    const query = {};
    if (day.value && day.value !== today) query.asOf = day.value;
    settings.forEach((setting, index) => { if (choices[index].value !== setting.value) query[setting.name] = choices[index].value; });
    change(query);
  };
}

const field = (label, input) => html("div", { class: "field wide" }, html("span", { "aria-hidden": "true" }, label), input);
