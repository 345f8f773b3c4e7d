import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { GENIE, makeNode, withAnnotations } from "../e2e/node.ts";
import { addNamespace, runIn } from "../setup/namespace.ts";
import { ensureTools } from "../setup/tools.ts";
import { readSyscalls, type Syscall } from "./syscalls.ts";

const TRACED = ["-f", "-y", "-s", "200", "-e", "trace=fsync,rename,execve,unlink,write"];

test("every undo is on disk, file and folder, before the first plugin runs, and the result before the answer", async () => {
  await using node = await makeNode();
  await using pod = await addNamespace();
  const { strace } = await ensureTools();
  const [trace, genie] = [path.join(node.confDir, "../trace"), path.join(node.confDir, "../traced")];
  await writeFile(genie, `#!/bin/sh\nexec '${strace}' ${TRACED.join(" ")} -o '${trace}' '${GENIE}'\n`, {
    mode: 0o755,
  });
  const env = {
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: pod.name,
    CNI_NETNS: pod.path,
    CNI_IFNAME: "eth0",
    CNI_PATH: node.cniPath,
    GENIE_NODE: process.execPath,
    PATH: "/usr/bin:/bin",
  };
  const input = JSON.stringify(node.config({}, withAnnotations({ cni: "blue" })));
  expect(await runIn(node.namespace, [genie], { env, extendEnv: false, input })).toMatchObject({
    exitCode: 0,
  });

  const ledger = path.join(node.stateDir, "ledger");
  const [temp, entry] = [path.join(ledger, `.${pod.name}.tmp`), path.join(ledger, pod.name)];
  const told = (await readSyscalls(trace)).flatMap((call) =>
    tell(call, { [temp]: "temp", [entry]: "entry", [ledger]: "folder" }, node.cniPath),
  );
  const write = ["fsync temp", "rename temp entry", "fsync folder"];
  expect(told.slice(told.indexOf(write[0] ?? ""))).toEqual([
    ...write,
    "execve bridge",
    "execve host-local",
    ...write,
    "answer",
  ]);
});

/** The call in words, if it is about the ledger or a plugin. */
function tell(
  { name, words, returned }: Syscall,
  nameByPath: Readonly<Record<string, string>>,
  cniPath: string,
): string[] {
  if (name === "write")
    return /^1<.*\{\\"cniVersion\\":\\"1\.0\.0\\",\\"interfaces/.test(words) ? ["answer"] : [];
  if (!returned.startsWith("0")) return [];
  if (name === "execve") {
    const [, program = ""] = /^"([^"]*)"/.exec(words) ?? [];
    return path.dirname(program) === cniPath ? [`execve ${path.basename(program)}`] : [];
  }
  const paths = [...words.matchAll(/[<"]([^>"]*)[>"]/g)].map(([, file = ""]) => nameByPath[file]);
  return paths.every((file) => file !== undefined) ? [`${name} ${paths.join(" ")}`] : [];
}
