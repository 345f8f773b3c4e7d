import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

const SCRIPT = `
import { writeToStderr } from ${JSON.stringify(path.join(import.meta.dirname, "stderr.ts"))};
writeToStderr(Buffer.from("first\\n"));
writeToStderr(Buffer.alloc(1_000_000, "x"));
process.stdout.write("done ");
`;

/** Runs SCRIPT as `"$@"` of this shell command. */
const run = (command: string) =>
  execa("sh", ["-c", command, "sh", process.execPath, "--input-type=module-typescript", "--eval", SCRIPT], {
    timeout: 15_000,
    reject: false,
  });

test("what is read is written", async () => {
  const { stdout } = await run('("$@" 2>&1 >/dev/null) | head -c 1000');
  expect(stdout).toMatch(/^first\nx+$/);
});

test("a file gets all of it", async () => {
  const { stdout } = await run('file=$(mktemp); "$@" 2>"$file" >/dev/null; wc -c <"$file"; rm "$file"');
  expect(Number(stdout)).toBe(1_000_006);
});

test("a pipe that nobody reads holds nothing up", async () => {
  const { stdout } = await run('exec 3>&1; (timeout -s KILL 3 "$@" 2>&1 >&3; echo $? >&3) | sleep 5');
  expect(stdout).toBe("done 0");
});

test("nor does one that is closed", async () => {
  const { stdout } = await run('"$@" 2>&-');
  expect(stdout).toBe("done ");
});
