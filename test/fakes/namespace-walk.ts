/**
 * What the kernel says of one namespace, from its mount to its end: run in namespaces of its own, with a folder for
 * the mount. Prints JSON.
 */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { openKernel } from "../../cni/kernel.ts";

const mount = path.join(process.argv[2] ?? "", "ns");
const kernel = openKernel();
await writeFile(mount, "");
const inhabitant = execa("unshare", ["--net", "sh", "-c", "echo in; exec sleep 60"], { reject: false });
await once(inhabitant.stdout, "data");
await execa("mount", ["--bind", `/proc/${String(inhabitant.pid)}/ns/net`, mount]);

const identity = await kernel.identify(mount);
const isKept = identity === (await kernel.identify(mount));
const look = async () => ({
  there: (await kernel.identify(mount)) === identity,
  inhabited: await kernel.isInhabited(identity),
});
const mounted = await look();
await execa("umount", [mount]);
const unmounted = await look();
inhabitant.kill();
await inhabitant;
console.log(JSON.stringify({ identity, isKept, mounted, unmounted, left: await look() }));
