import type { Attachment, Kernel, Namespace } from "../ports.ts";

/**
 * True when nothing can live in the attachment's namespace any more: it belongs to an earlier boot, or is gone from
 * its path and no process is in it. False where ADD could not see the namespace, or where we can't: then only its own
 * DEL may end it.
 */
export async function isDead({ bootId, namespace }: Attachment, kernel: Kernel): Promise<boolean> {
  if (bootId !== (await kernel.bootId())) return true;
  if (namespace.identity === "" || !(await isGone(namespace, kernel))) return false;
  return !(await kernel.isInhabited(namespace.identity));
}

/**
 * The dead ones among a container's attachments, but for those whose interface has a living one, too: a container that
 * came back under its ID. Plugins know both by the container and the interface, so the dead one's DEL would free the
 * living one's address.
 */
export async function listForgotten(
  attachments: readonly Attachment[],
  kernel: Kernel,
): Promise<readonly Attachment[]> {
  return spareReused(attachments, await listDead(attachments, kernel));
}

/** All that isDead is true for. */
export async function listDead(
  attachments: readonly Attachment[],
  kernel: Kernel,
): Promise<readonly Attachment[]> {
  const dead: Attachment[] = [];
  for (const one of attachments) if (await isDead(one, kernel)) dead.push(one);
  return dead;
}

/** As listForgotten, where it is known which are dead. */
export function spareReused(
  attachments: readonly Attachment[],
  dead: readonly Attachment[],
): readonly Attachment[] {
  const living = attachments.filter((one) => !dead.includes(one)).map(({ ifName }) => ifName);
  return dead.filter(({ ifName }) => !living.includes(ifName));
}

/** False, too, where other files are mounted than ADD saw, or the namespace isn't mounted on its file. */
async function isGone({ path, identity, folder }: Namespace, kernel: Kernel): Promise<boolean> {
  if ((await kernel.locate(path)) !== folder) return false;
  const there = await kernel.identify(path);
  return there === "" || (there !== identity && toDevice(there) === toDevice(identity));
}

function toDevice(identity: string): string | undefined {
  return identity.split(":")[0];
}

/** The namespace in which a DEL may act: what is at `path`, unless that is another one than ADD saw; empty then. */
export async function findNetns(
  { bootId, namespace }: Attachment,
  path: string,
  kernel: Kernel,
): Promise<string> {
  if (path === "" || bootId !== (await kernel.bootId())) return "";
  if (namespace.identity === "") return path;
  return isSame(await kernel.identify(path), namespace.identity) ? path : "";
}

/** A namespace that is named once by a mount and once by a link has its time in one of the identities only. */
function isSame(one: string, other: string): boolean {
  const [[inode, time], [otherInode, otherTime]] = [one.split("@"), other.split("@")];
  return inode === otherInode && (time === undefined || otherTime === undefined || time === otherTime);
}
