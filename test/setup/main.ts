import { MissingToolError } from "./tools.ts";

/** Ends this process with what `main` answers; a tool that is missing is told in one line. */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
