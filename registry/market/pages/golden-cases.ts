import type { GoldenRow, GoldenView } from "../details.ts";
import { html, type Html } from "../html.ts";
import { scrollable } from "./scrollable.ts";

/** Each case folded away; its name says what it shows. */
export function goldenCases(cases: readonly GoldenView[]): Html {
  return html`${cases.map(
    (each) =>
      html`<details class="case">
        <summary>${each.name}</summary>
        ${each.settings !== "{}" && html`<p>with <code>${each.settings}</code></p>`}
        ${scrollable(each.name, table(each))}
        ${each.error !== undefined && html`<p>The answer is the error <q>${each.error}</q></p>`}
      </details>`,
  )}`;
}

function table({ kpis, rows }: GoldenView): Html {
  const told = rows.some(({ verdict }) => verdict !== undefined);
  return html`<table>
    <thead>
      <tr>
        <th scope="col">network</th>
        ${kpis.map((kpi) => html`<th scope="col">${kpi}</th>`)} ${told && html`<th scope="col">verdict</th>`}
        <th scope="col">answer</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => tableRow(row, told))}
    </tbody>
  </table>`;
}

function tableRow({ network, values, verdict, answer }: GoldenRow, told: boolean): Html {
  return html`<tr>
    <th scope="row">${network}</th>
    ${values.map((value) => html`<td>${value ?? "–"}</td>`)} ${told && html`<td>${verdict ?? "–"}</td>`}
    <td>${answer ?? "–"}</td>
  </tr>`;
}
