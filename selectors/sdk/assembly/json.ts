/** What a path of the settings holds. */
export enum Kind {
  Nothing,
  Flag,
  Number,
  Text,
  Group,
}

/** One value of a JSON text. `path` is dotted: `atMost.occupancy`, `names.0`. */
export class Entry {
  kind: Kind = Kind.Nothing;
  number: f64 = 0;
  text: string = "";

  constructor(
    readonly path: string,
    readonly group: string,
    readonly name: string,
  ) {}
}

const MOST_ENTRIES = 1000;
const DEEPEST = 16;

/** Reads one JSON text into a flat list of its values. */
export class JsonReader {
  readonly entries: Entry[] = [];
  /** What is wrong, and where; empty while all is well. */
  problem: string = "";
  private at: i32 = 0;

  constructor(private readonly json: string) {
    this.value(new Entry("", "", ""), 0);
    this.skipBlanks();
    if (this.at < json.length) this.stop("the end");
  }

  private value(entry: Entry, depth: i32): void {
    this.skipBlanks();
    if (depth > DEEPEST || this.entries.length >= MOST_ENTRIES) return this.stop("less of it");
    this.entries.push(entry);
    const start = this.peek();
    if (start == CharCode.BraceOpen) this.members(entry, depth);
    else if (start == CharCode.BracketOpen) this.items(entry, depth);
    else if (start == CharCode.Quote) this.string(entry);
    else if (!this.word(entry)) this.number(entry);
  }

  private members(group: Entry, depth: i32): void {
    group.kind = Kind.Group;
    this.at++;
    if (this.skips(CharCode.BraceClose)) return;
    do {
      this.skipBlanks();
      const name = this.quoted();
      if (!this.skips(CharCode.Colon)) return this.stop("a colon");
      this.value(entryIn(group, name), depth + 1);
    } while (this.problem == "" && this.skips(CharCode.Comma));
    if (!this.skips(CharCode.BraceClose)) this.stop("a comma or }");
  }

  private items(group: Entry, depth: i32): void {
    group.kind = Kind.Group;
    this.at++;
    if (this.skips(CharCode.BracketClose)) return;
    let position = 0;
    do {
      this.value(entryIn(group, (position++).toString()), depth + 1);
    } while (this.problem == "" && this.skips(CharCode.Comma));
    if (!this.skips(CharCode.BracketClose)) this.stop("a comma or ]");
  }

  private string(entry: Entry): void {
    entry.kind = Kind.Text;
    entry.text = this.quoted();
  }

  private word(entry: Entry): bool {
    if (this.skipsWord("null")) return true;
    const isTrue = this.skipsWord("true");
    if (!isTrue && !this.skipsWord("false")) return false;
    entry.kind = Kind.Flag;
    entry.number = f64(isTrue);
    return true;
  }

  private number(entry: Entry): void {
    const start = this.at;
    while (isOfNumber(this.peek())) this.at++;
    entry.kind = Kind.Number;
    entry.number = parseFloat(this.json.substring(start, this.at));
    if (isNaN(entry.number)) this.stop("a value");
  }

  private quoted(): string {
    if (this.peek() != CharCode.Quote) this.stop("a name or text in double quotes");
    let text = "";
    let start = ++this.at;
    while (this.problem == "" && this.peek() != CharCode.Quote) {
      if (this.peek() < CharCode.Blank) this.stop("the closing quote");
      if (this.peek() == CharCode.Backslash) {
        text += this.json.substring(start, this.at) + this.escaped();
        start = this.at;
      } else this.at++;
    }
    return text + this.json.substring(start, this.at++);
  }

  private escaped(): string {
    const letter = this.json.charAt(this.at + 1);
    const digits = letter == "u" ? 4 : 0;
    const code = letter == "u" ? i32(parseInt(this.json.substr(this.at + 2, 4), 16)) : ESCAPES.indexOf(letter);
    if (code < 0) this.stop("an escape of JSON");
    this.at += 2 + digits;
    return letter == "u" ? String.fromCharCode(code) : ESCAPED.charAt(code);
  }

  /** The next character; 0 at the end. */
  private peek(): i32 {
    return this.at < this.json.length ? this.json.charCodeAt(this.at) : 0;
  }

  private skipBlanks(): void {
    while (isBlank(this.peek())) this.at++;
  }

  private skips(code: i32): bool {
    this.skipBlanks();
    if (this.peek() != code) return false;
    this.at++;
    return true;
  }

  private skipsWord(word: string): bool {
    if (!this.json.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private stop(wanted: string): void {
    if (this.problem == "") this.problem = `wanted ${wanted} at character ${this.at}`;
    this.at = this.json.length;
  }
}

const ESCAPES = '"\\/bfnrt';
const ESCAPED = '"\\/\b\f\n\r\t';

const enum CharCode {
  Blank = 0x20,
  Quote = 0x22,
  Comma = 0x2c,
  Colon = 0x3a,
  BracketOpen = 0x5b,
  Backslash = 0x5c,
  BracketClose = 0x5d,
  BraceOpen = 0x7b,
  BraceClose = 0x7d,
}

function entryIn(group: Entry, name: string): Entry {
  return new Entry(group.path == "" ? name : `${group.path}.${name}`, group.path, name);
}

function isBlank(code: i32): bool {
  return code == 0x20 || code == 0x09 || code == 0x0a || code == 0x0d;
}

/** One of `0…9 + - . e E`. */
function isOfNumber(code: i32): bool {
  return (code >= 0x30 && code <= 0x39) || code == 0x2b || code == 0x2d || code == 0x2e || (code | 0x20) == 0x65;
}
