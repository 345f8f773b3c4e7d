import { RegistryFailure } from "./errors.ts";
import { parseReference, type Reference } from "./reference.ts";

/** A repository of a registry, whatever is in it. */
export type RepositoryName = Pick<Reference, "host" | "repository">;

/** Reads `host/repository`, without tag and digest. @throws {RegistryFailure} invalidReference */
export function parseRepository(text: string): RepositoryName {
  try {
    const { host, repository } = parseReference(`${text}:any`);
    return { host, repository };
  } catch (cause) {
    if (!(cause instanceof RegistryFailure)) throw cause;
    throw new RegistryFailure("invalidReference", `${JSON.stringify(text.slice(0, 512))} is no repository`, {
      todo: "write registry/repository, without tag and digest",
      cause,
    });
  }
}

export function isRepository(text: string): boolean {
  try {
    parseRepository(text);
    return true;
  } catch (error) {
    if (error instanceof RegistryFailure) return false;
    throw error;
  }
}

/** The text that `parseRepository` reads. */
export function formatRepository({ host, repository }: RepositoryName): string {
  return `${host}/${repository}`;
}
