import { readFileSync, existsSync } from "node:fs";
import { openSandbox } from "./core/sandbox/host.ts";
import { spawnGuest } from "./cni/guest-process.ts";
import { planRequest, prepare } from "./test/guests/question.ts";
const G = process.env.GUEST ?? "/work/main/dist/bin/genie-guest";
const pct = (a: number[], p: number) => a.sort((x, y) => x - y)[Math.floor(a.length * p)]!.toFixed(2);
for (const [name, file] of [["AS", "dist/modules/occupancy.wasm"], ["QJS", "/tmp/m1/scorer.wasm"]] as const) {
  if (!existsSync(file)) continue;
  const m = await prepare(readFileSync(file), "sha256:" + name, "scorer");
  const starts: number[] = [], loads: number[] = [], firsts: number[] = [];
  for (let i = 0; i < 10; i++) {
    const t0 = performance.now();
    const box = openSandbox(() => spawnGuest(G), { memoryBytes: 16 << 20, loadMs: 5000 });
    await box.load({ ...m, digest: "sha256:x" , coreByName: new Map(), glue: Buffer.from("(()=>()=>({}))()") });
    const t1 = performance.now();
    const l = await box.load(m); if (l.outcome !== "ok") console.log(l);
    const t2 = performance.now();
    await box.score(m.digest, planRequest(10), 5000);
    const t3 = performance.now();
    starts.push(t1 - t0); loads.push(t2 - t1); firsts.push(t3 - t2);
    await box[Symbol.asyncDispose]();
  }
  console.log(name, "start p50", pct(starts, .5), "load p50", pct(loads, .5), "first call", pct(firsts, .5));
  await using box = openSandbox(() => spawnGuest(G), { memoryBytes: 16 << 20, loadMs: 5000 });
  await box.load(m);
  for (const n of [10, 100, 1000]) {
    const req = planRequest(n); const times: number[] = [];
    for (let i = 0; i < (n === 1000 ? 300 : 2000); i++) { const t = performance.now(); const r = await box.score(m.digest, req, 1000); if (r.outcome !== "ok") { console.log(r); break; } times.push(performance.now() - t); }
    console.log(name, n, "p50", pct(times, .5), "p99", pct(times, .99));
  }
}
