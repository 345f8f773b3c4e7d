import { styleText } from "node:util";

export type Style = "bold" | "dim" | "blue" | "green" | "red";

/** Gives text a style. Pads must be added before: what it answers may be longer than it looks. */
export type Paint = (style: Style, text: string) => string;

/** For files, pipes and tests. */
export const plain: Paint = (_style, text) => text;

/** Colours where stdout is a terminal that wants them (NO_COLOR, FORCE_COLOR and TERM are honoured). */
export const paintStdout: Paint = (style, text) => styleText(style, text, { stream: process.stdout });
