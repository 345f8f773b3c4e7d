/** One condition on the labels of an object. Source: Kubernetes API, LabelSelectorRequirement. */
export interface LabelTerm {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values: readonly string[];
}

/** Do all of them hold? */
export function fitsAll(terms: readonly LabelTerm[], labels: ReadonlyMap<string, string>): boolean {
  return terms.every(({ key, operator, values }) => {
    const value = labels.get(key);
    switch (operator) {
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
    }
  });
}
