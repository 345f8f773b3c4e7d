import { decimal } from "./decimal";

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
const MOST_DECIMALS: f64 = 400;

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
    if (start == Code.BraceOpen) this.members(entry, depth);
    else if (start == Code.BracketOpen) this.items(entry, depth);
    else if (start == Code.Quote) this.string(entry);
    else if (!this.word(entry)) this.number(entry);
  }

  private members(group: Entry, depth: i32): void {
    group.kind = Kind.Group;
    this.at++;
    if (this.skips(Code.BraceClose)) return;
    do {
      this.skipBlanks();
      const entry = entryIn(group, this.quoted());
      if (this.holds(entry.path)) return this.stop(`something new after the second ${entry.path}`);
      if (!this.skips(Code.Colon)) return this.stop("a colon");
      this.value(entry, depth + 1);
    } while (this.problem == "" && this.skips(Code.Comma));
    if (!this.skips(Code.BraceClose)) this.stop("a comma or }");
  }

  private items(group: Entry, depth: i32): void {
    group.kind = Kind.Group;
    this.at++;
    if (this.skips(Code.BracketClose)) return;
    let position = 0;
    do {
      this.value(entryIn(group, decimal(position++)), depth + 1);
    } while (this.problem == "" && this.skips(Code.Comma));
    if (!this.skips(Code.BracketClose)) this.stop("a comma or ]");
  }

  private holds(path: string): bool {
    for (let i = 1; i < this.entries.length; i++) {
      if (this.entries[i].path == path) return true;
    }
    return false;
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
    entry.kind = Kind.Number;
    const sign: f64 = this.skipsWord("-") ? -1 : 1;
    let exponent = 0;
    let digits: f64 = this.skipsWord("0") ? 0 : this.digits(0);
    if (this.skipsWord(".")) {
      const point = this.at;
      digits = this.digits(digits);
      exponent = point - this.at;
    }
    if (this.skipsWord("e") || this.skipsWord("E")) {
      const direction = this.skipsWord("-") ? -1 : 1;
      this.skipsWord("+");
      exponent += direction * i32(min(this.digits(0), MOST_DECIMALS));
    }
    entry.number = sign * scaled(digits, exponent);
  }

  /** Appends at least one digit to the number that was read so far. */
  private digits(before: f64): f64 {
    let value = before;
    if (!isDigit(this.peek())) this.stop("a value");
    while (isDigit(this.peek())) value = value * 10 + f64(this.json.charCodeAt(this.at++) - Code.Zero);
    return value;
  }

  private quoted(): string {
    if (this.peek() != Code.Quote) this.stop("a name or text in double quotes");
    let text = "";
    let start = ++this.at;
    while (this.problem == "" && this.peek() != Code.Quote) {
      if (this.peek() < Code.Blank) this.stop("the closing quote");
      if (this.peek() == Code.Backslash) {
        text += this.json.substring(start, this.at) + this.escaped();
        start = this.at;
      } else this.at++;
    }
    return text + this.json.substring(start, this.at++);
  }

  private escaped(): string {
    this.at++;
    if (this.skipsWord("u")) return String.fromCharCode(this.hexadecimal());
    const meaning = ESCAPES.indexOf(this.json.charAt(this.at++));
    if (meaning < 0) this.stop("an escape of JSON");
    return ESCAPED.charAt(meaning);
  }

  private hexadecimal(): i32 {
    let code = 0;
    for (let i = 0; i < 4; i++) {
      const digit = "0123456789abcdefABCDEF".indexOf(this.json.charAt(this.at++));
      if (digit < 0) this.stop("four hexadecimal digits");
      code = code * 16 + (digit < 16 ? digit : digit - 6);
    }
    return code;
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
    if (this.problem == "") this.problem = `wanted ${wanted} at character ${decimal(this.at)}`;
    this.at = this.json.length;
  }
}

const ESCAPES = '"\\/bfnrt';
const ESCAPED = '"\\/\b\f\n\r\t';

const enum Code {
  Blank = 0x20,
  Quote = 0x22,
  Comma = 0x2c,
  Zero = 0x30,
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

function isDigit(code: i32): bool {
  return code >= Code.Zero && code <= Code.Zero + 9;
}

/** Exact up to 15 digits and 22 decimals. */
function scaled(digits: f64, exponent: i32): f64 {
  if (digits == 0) return 0;
  let scale: f64 = 1;
  for (let i = abs(exponent); i > 0; i--) scale *= 10;
  return exponent < 0 ? digits / scale : digits * scale;
}
