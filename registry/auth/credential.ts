/** A login at a registry, as a file or a helper has it. */
export type Credential =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string };

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;
