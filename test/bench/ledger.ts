import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { openLog } from "../../cni/log.ts";
import type { Attachment } from "../../core/ports.ts";
import { callGenie, GENIE, type TestNode, withAnnotations } from "../e2e/node.ts";
import { addNamespace } from "../setup/namespace.ts";
import { ensureTools } from "../setup/tools.ts";
import { timeMs } from "./statistics.ts";

/** What it costs that an attachment survives a power cut. */
export interface Durability {
  /** Durations of what one ADD writes into the ledger, planned and attached, and of what its DEL removes. */
  readonly addsMs: readonly number[];
  readonly delsMs: readonly number[];
  /** fsync(2) of a whole call, counted by strace. */
  readonly syncsByVerb: Readonly<Record<"ADD" | "DEL", number>>;
  /** Such as `ext2/ext3`. */
  readonly fileSystem: string;
}

export async function measureDurability(node: TestNode, rounds: number): Promise<Durability> {
  const ledger = openLedger(node.stateDir, { log: openLog(), holding: () => new AsyncDisposableStack() });
  const [addsMs, delsMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const attachment = makeAttachment(`bench-${round}`);
    const { containerId } = attachment;
    addsMs.push(
      await timeMs(async () => {
        await ledger.write(containerId, [attachment]);
        await ledger.write(containerId, [{ ...attachment, state: "attached" }]);
      }),
    );
    delsMs.push(await timeMs(() => ledger.write(containerId, [])));
  }
  const { stdout: fileSystem } = await execa("stat", ["-f", "-c", "%T", node.stateDir]);
  return { addsMs, delsMs, syncsByVerb: await countSyncs(node), fileSystem };
}

async function countSyncs(node: TestNode): Promise<Durability["syncsByVerb"]> {
  await using pod = await addNamespace();
  const { strace } = await ensureTools();
  const trace = path.join(node.confDir, "../syncs");
  const program = path.join(node.confDir, "../counted");
  const script = `exec '${strace}' -f -qq -e trace=fsync,fdatasync -o '${trace}' '${GENIE}'`;
  await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const count = async (verb: "ADD" | "DEL"): Promise<number> => {
    const stdin = node.config({}, withAnnotations({ cni: "blue" }));
    const { exitCode, stderr } = await callGenie(node, { verb, pod, stdin, program });
    if (exitCode !== 0) throw new Error(`a counted call failed: ${stderr}`);
    return [...(await readFile(trace, "utf8")).matchAll(/ (fsync|fdatasync)\(/g)].length;
  };
  return { ADD: await count("ADD"), DEL: await count("DEL") };
}

/** As large as that of a bridge with a previous result. */
function makeAttachment(containerId: string): Attachment {
  const path = "/run/netns/bench";
  return {
    containerId,
    ifName: "eth0",
    network: "blue",
    cniVersion: "1.0.0",
    caller: { network: "genie", ifName: "eth0" },
    namespace: { path, identity: "4:4026532178@1795503749398640271", folder: "0:25" },
    bootId: "00000000-0000-4000-8000-000000000000",
    args: "",
    path: ["/opt/cni/bin"],
    state: "planned",
    checked: true,
    steps: [{ plugin: "bridge", stdin: JSON.stringify({ previous: "x".repeat(800) }) }],
  };
}
