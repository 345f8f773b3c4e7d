import type { BenchRow } from "../details.ts";
import { html, type Html } from "../html.ts";
import { scrollable } from "./scrollable.ts";

/** What its publisher measured, on a machine that nobody knows here. */
export function benchTable(rows: readonly BenchRow[]): Html {
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">candidates</th>
        <th scope="col">median</th>
        <th scope="col">99th percentile</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ candidates, p50Ms, p99Ms }) =>
          html`<tr>
            <td>${candidates}</td>
            <td>${p50Ms.toFixed(2)} ms</td>
            <td>${p99Ms.toFixed(2)} ms</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
  return html`${scrollable("Benchmark", table)}
    <p class="quiet">
      One answer, as its publisher measured it; run <code>geniectl bench</code> on a machine of yours.
    </p>`;
}
