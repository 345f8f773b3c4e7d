/** What of world.wit has fields or cases, read from its text: enough of WIT for the form that our file has. */
export interface WitType {
  readonly name: string;
  readonly form: "record" | "variant" | "enum";
  /** Fields with their types; cases with their payload, which is empty where there is none. */
  readonly members: readonly (readonly [name: string, type: string])[];
}

const TYPE = /^ *(record|variant|enum) ([\w-]+) \{([^}]*)\}/gm;
const MEMBER = /^([\w-]+)(?:: (.+)|\((.+)\))?$/;

export function readWitTypes(wit: string): readonly WitType[] {
  const code = wit.replaceAll(/\/\/.*/g, "");
  return [...code.matchAll(TYPE)].map(([, form = "", name = "", body = ""]) => ({
    name,
    form: form as WitType["form"],
    members: body
      .split(/,\s/)
      .map((member) => member.trim())
      .filter((member) => member !== "")
      .map((member) => {
        const [, memberName = "", type, payload] = MEMBER.exec(member) ?? [];
        return [memberName, type ?? payload ?? ""] as const;
      }),
  }));
}

/** The same file with other members of one type. */
export function withMembers(wit: string, { name, form }: WitType, members: WitType["members"]): string {
  const write = ([member, type]: readonly [string, string]) => {
    if (form === "record") return `${member}: ${type}`;
    return type === "" ? member : `${member}(${type})`;
  };
  const body = members.map(write).join(", ");
  return wit.replaceAll(/\/\/.*/g, "").replace(new RegExp(`(${form} ${name} )\\{[^}]*\\}`), `$1{ ${body} }`);
}
