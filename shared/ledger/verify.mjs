// Is the history in this export the one that was signed, witnessed and never changed? Written apart from verify.py, with
// Node's standard library only; the same checks, lines and exit codes: `node verify.mjs DIR [--policy FILE] [--seen FILE]... [--with-slots]`.

import { createHash, createPublicKey, verify as isSignature } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { parseArgs } from "node:util";

const [SEGMENT, HASH] = [16384, 32]; // the records in a segment; the bytes in a hash, and in a key
const [MOST, MOST_TEXT, LONGEST, MOST_SLOTS] = [2 ** 30, 2 ** 27, 2 ** 20, 64 * SEGMENT]; // bytes in a file, a text, a line
const SEGMENT_FILE = /^(?:records|slots|hashes)-([0-9]{6})\.(?:ndjson|bin)$/;
const ORIGIN = /^(([0-9]+)\.kosilab\/([a-z]+)\/)([1-9][0-9]{0,8})$/;
const CHECKPOINT = /^([^\n]+\/[1-9][0-9]{0,8})\n(0|[1-9][0-9]{0,15})\n(\S+)$/;
const STATEMENT = "^kosilab/key-statement/v1\\nkey (\\S+)\\n";
const SUCCESSOR = new RegExp(`${STATEMENT}succeeded by (\\S+)\\nat size (0|[1-9][0-9]{0,15})\\ntime [0-9]+\\n$`);
const COMPROMISED = new RegExp(`${STATEMENT}compromised\\ntime [0-9]+\\n$`);
const TEXTS = ["sequence", "source", "type", "subject", "commandid", "id", "previous", "audience", "recordedtime"];
const SPKI = Buffer.from("302a300506032b6570032100", "hex"); // what stands before a raw Ed25519 key

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const digestOf = (bytes) => sha256(bytes).toString("hex");
const padded = (position) => String(position).padStart(20, "0");
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }), textOf = (path) => decoder.decode(readFileSync(path));
const mustBe = (is, value) => { if (!is(value)) throw new TypeError(`${value} is of another form`); return value; };
const object = (value) => mustBe((one) => Object.prototype.toString.call(one) === "[object Object]", value);
const string = (value) => mustBe((one) => typeof one === "string", value);
const whole = (value) => mustBe(Number.isInteger, value), safe = (value) => mustBe(Number.isSafeInteger, value);
const slotIn = ({ position, name }) => `${whole(position)}/${string(name)}`;
const largest = (numbers) => numbers.reduce((a, b) => Math.max(a, b), 0);

// A file's bytes, a piece at a time.
function* piecesOf(path) {
  const [file, piece] = [openSync(path), Buffer.alloc(LONGEST)];
  try {
    for (let n = readSync(file, piece); n; n = readSync(file, piece)) yield Buffer.from(piece.subarray(0, n));
  } finally { closeSync(file); }
}
function digestOfFile(path) {
  const hash = createHash("sha256");
  for (const piece of piecesOf(path)) hash.update(piece);
  return hash.digest("hex");
}

// The lines of a file; throws for more lines, or longer ones.
function* linesOf(path, most) {
  const refuse = () => { throw new Error(`${basename(path)} has too many lines, or too long ones`); };
  let [rest, n] = [Buffer.alloc(0), 0];
  const next = (line, long) => (long >= LONGEST || (n += 1) > most ? refuse() : line);
  for (const piece of piecesOf(path)) {
    rest = Buffer.concat([rest, piece]);
    let begin = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, begin)) {
      yield next(rest.subarray(begin, end), end + 1 - begin);
      begin = end + 1;
    }
    rest = rest.subarray(begin);
    if (rest.length >= LONGEST) refuse();
  }
  if (rest.length) yield next(rest, rest.length);
}

// Whether a name in an export is no plain file of a bearable size, and no folder: a pipe would never end.
function isOther(entry) {
  if (!entry.isFile()) return !entry.isDirectory();
  return statSync(join(entry.path, entry.name)).size > (SEGMENT_FILE.test(entry.name) ? MOST : MOST_TEXT);
}

// What does not hold: by check, place and sentence the first position, 0 where there is none, and how often.
const found = new Map();
function must(holds, check, place, position, sentence) {
  if (holds) return;
  const known = found.get(check + place + sentence) ?? { check, place, sentence, first: position, times: 0 };
  found.set(check + place + sentence, { ...known, first: Math.min(known.first, position), times: known.times + 1 });
}

function unpacked(text) {
  if (Buffer.from(text, "base64").toString("base64") !== text) throw new TypeError(text);
  return Buffer.from(text, "base64");
}

function keyIn(text) {
  const [name, , ...rest] = text.split("+");
  const raw = unpacked(rest.join("+"));
  if (!name || raw.length !== 1 + HASH || ![1, 4].includes(raw[0])) throw new Error("a public key must have the form name+id+key");
  const key = createPublicKey({ key: Buffer.concat([SPKI, raw.subarray(1)]), format: "der", type: "spki" });
  return { name, raw, key, cosigns: raw[0] === 4, text: name + raw.toString("hex") };
}

function hasSigned(key, note) {
  const signer = key.cosigns || !note.origin ? key.name : note.origin; // a log signs as each incarnation
  const mine = note.signatures.filter(([name, raw]) => name === signer && raw.subarray(0, 4).equals(sha256(signer, "\n", key.raw).subarray(0, 4)));
  for (const [, raw] of mine) {
    const prefix = key.cosigns ? `cosignature/v1\ntime ${BigInt(`0x${raw.toString("hex", 4, raw.length - 64)}`)}\n` : "";
    if (!isSignature(null, Buffer.from(prefix + note.text), key.key, raw.subarray(-64))) throw new Error(`${key.name} has a signature that does not fit the text`);
  }
  return mine.length > 0;
}

function noteIn(part, file) {
  const [, text, lines] = /^(?:([^]*)\n\n)?([^]*)$/.exec(part.replace(/\n$/, ""));
  const signatures = lines.split("\n").map((line) => /^— (\S+) (\S+)$/.exec(line));
  const checkpoint = CHECKPOINT.exec(text ?? "");
  if (!signatures.every(Boolean) || !(checkpoint || new RegExp(STATEMENT).test(text ?? ""))) throw new Error(`${file} holds something other than signed notes`);
  const of = checkpoint ? { origin: checkpoint[1], size: Number(checkpoint[2]), root: unpacked(checkpoint[3]) } : { origin: "", size: 0 };
  return { text: `${text}\n`, signatures: signatures.map((match) => [match[1], unpacked(match[2])]), ...of };
}

const notesIn = (path) => textOf(path).split(/\n\n(?!— )/).filter(Boolean).map((part) => noteIn(part, basename(path)));

function policyIn(text) {
  const every = (form) => [...text.matchAll(new RegExp(`^[ \\t]*${form}`, "gm"))].map(([, ...words]) => words);
  const logs = every("log[ \\t]+(\\S+)").map(([key]) => keyIn(key));
  const witnesses = new Map(every("witness[ \\t]+(\\S+)[ \\t]+(\\S+)").map(([name, key]) => [name, keyIn(key)]));
  const named = every("group[ \\t]+(\\S+)[ \\t]+(all|any|[1-9][0-9]*)[ \\t]+(.+)$");
  const groups = new Map(named.map(([name, least, members]) => [name, [least, new Set(members.trim().split(/\s+/))]]));
  const [[quorum], ...more] = [...every("quorum[ \\t]+(\\S+)"), [""]];
  if (more.length !== 1 || !["none", ...witnesses.keys(), ...groups.keys()].includes(quorum)) throw new Error("the policy needs one quorum of witnesses that it names");
  const has = (note, name, known) => { // of each group once
    if (!groups.has(name)) return name === "none" || hasSigned(witnesses.get(name), note);
    if (!known.has(name)) {
      const [least, members] = groups.get(name);
      const met = [...members].map((member) => has(note, member, known)).filter(Boolean);
      known.set(name, met.length >= ({ any: 1, all: members.size }[least] ?? Number(least)));
    }
    return known.get(name);
  };
  return { logs, quorum, isMetBy: (note) => has(note, quorum, new Map()) };
}

// The keys that speak for a log, each up to a size: the policy's and whom they named; and the compromised ones.
function keyring(first, statements) {
  const compromised = new Set();
  const followed = () => {
    const until = new Map(first.map((key) => [key.text, { key, size: Infinity }]));
    for (const note of statements.filter(({ text }) => SUCCESSOR.test(text))) {
      const [, old, next, size] = SUCCESSOR.exec(note.text);
      const [before, after] = [keyIn(old), keyIn(next)];
      if (until.has(before.text) && !compromised.has(before.text) && hasSigned(before, note) && hasSigned(after, note)) {
        until.set(before.text, { key: before, size: Number(size) });
        until.set(after.text, until.get(after.text) ?? { key: after, size: Infinity });
      }
    }
    return until;
  };
  const known = [...followed().values()].map(({ key }) => key);
  for (const note of statements.filter(({ text }) => COMPROMISED.test(text))) {
    const key = keyIn(COMPROMISED.exec(note.text)[1]);
    if (![...known, key].filter((each) => hasSigned(each, note)).length) throw new Error("no known key signed a statement about a key");
    compromised.add(key.text);
  }
  return { until: followed(), compromised }; // once more: whom only a compromised key named is not believed
}

// Whether a checkpoint counts; not if a compromised key alone signed it. null: no key that is known did.
function counts(note, ring, policy) {
  const signers = [...ring.until.values()].filter(({ key, size }) => note.size <= size && hasSigned(key, note));
  const isSafe = signers.some(({ key }) => !ring.compromised.has(key.text)) || (policy.quorum !== "none" && policy.isMetBy(note));
  return signers.length ? isSafe : null;
}

function grow(hashes, size, leaf) {
  let carried = leaf;
  for (let rest = size; rest % 2; rest = Math.floor(rest / 2)) carried = sha256(Buffer.of(1), hashes.pop(), carried);
  hashes.push(carried);
}
const rootOver = (hashes) => (hashes.length ? hashes.reduceRight((r, l) => sha256(Buffer.of(1), l, r)) : sha256());

const TELLING = { // what is to be known of some records: in which map, by what, and what
  SlotsErased: ({ data: { erasure_id: id, slots } }, at) => [["erasing", string(id), at], ...slots.map((slot) => ["erased", slotIn(slot), at])],
  ErasureRequested: ({ subject }, at) => [["asked", subject.replace(/^erasure-/, ""), at]],
  IncarnationBegan: ({ data: { kept, signed, note }, incarnation }, at) => [["began", incarnation, { at, kept: safe(kept), signed: safe(signed), note: string(note) }]],
};

// What a record says of itself; throws where it is no record of this log.
function rowOf(line, source, place, at) {
  const event = JSON.parse(decoder.decode(line));
  const isRecord = TEXTS.every((name) => typeof event[name] === "string") && Number.isInteger(event.streamversion);
  if (!isRecord || event.data === undefined || !event.type.startsWith(`kosilab.${place}.`)) throw new Error("another log's");
  const incarnation = Number(new RegExp(`^${source}$`).exec(event.source)[1]);
  const names = Object.keys(TELLING).filter((name) => event.type.includes(`.${name}.v`)).slice(0, 1);
  const told = names.flatMap((name) => TELLING[name]({ ...event, incarnation }, at));
  told.push(...Object.entries(object("sealed" in event ? event.sealed : {})).map(([name, { ct }]) => ["slots", `${at}/${name}`, { at, ct: string(ct) }]));
  told.push(["ids", event.id, at], ["commands", event.commandid, at], ["streams", event.subject, event.streamversion]);
  return { ...event, moment: event.recordedtime.slice(0, 19) + event.recordedtime.slice(20, -1).padEnd(9, "0"), incarnation, told };
}

class History {
  constructor(folder, entry, policy, seen) {
    this.place = basename(folder);
    this.must = (holds, check, position, sentence) => must(holds, check, this.place, position, sentence);
    const match = ORIGIN.exec(string(entry.origin));
    if (match?.[3] !== entry.service || !Number.isInteger(entry.size)) throw new Error("the manifest names something that is not a log");
    Object.assign(this, { folder, name: match[1], size: entry.size, nSlots: 0, last: ["", 1], command: null, position: 0 });
    for (const name of ["ids", "commands", "streams", "audiences", "starts", "slots", "erasing", "erased", "asked", "began"]) this[name] = new Map();
    this.source = `urn:kosilab:${match[2]}:${match[3]}:([1-9][0-9]{0,8})`;
    const first = policy.logs.filter((key) => key.name.startsWith(this.name));
    const ring = keyring(first, [...notesIn(join(folder, "keys.txt")), ...seen.filter((note) => note.text.includes(`\nkey ${this.name}`))]);
    const kept = notesIn(join(folder, "checkpoints.txt"));
    for (const note of kept) this.must(note.origin?.startsWith(this.name), "V1", note.size, "the checkpoint belongs to another log");
    const counted = [...kept, ...seen.filter((note) => note.origin.startsWith(this.name))].map((note) => [note, counts(note, ring, policy)]);
    for (const [note, is] of counted) this.must(is !== null, "V1", note.size, "no known key signed the checkpoint");
    const known = (some) => some.filter(([, is]) => is !== false).map(([note]) => note);
    this.checkpoints = known(counted);
    this.newest = largest(known(counted.slice(0, kept.length)).filter(({ origin }) => origin === entry.origin).map(({ size }) => size));
    this.asks = this.size > 0 && policy.quorum !== "none";
    this.cosigned = this.checkpoints.filter((note) => this.asks && policy.isMetBy(note));
    this.must(this.newest === this.size, "V2", this.newest, "no checkpoint covers all records");
  }

  path(kind, number) { return join(this.folder, kind.replace(".", `-${String(number).padStart(6, "0")}.`)); }

  * lines(kind, number, most) {
    const path = this.path(kind, number);
    if (existsSync(path)) yield* linesOf(path, most);
  }

  read(withSlots) {
    const [hashes, roots, asked] = [[], new Map([[0, rootOver([])]]), new Set(this.checkpoints.map(({ size }) => size))];
    const numbers = readdirSync(this.folder).map((name) => Number(SEGMENT_FILE.exec(name)?.[1] ?? 0)).filter(Boolean);
    for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
      const [hashed, kept] = [this.path("hashes.bin", number), Buffer.alloc(SEGMENT * HASH)];
      const size = existsSync(hashed) ? this.fill(kept, hashed) : 0;
      let n = 0;
      for (const line of this.lines("records.ndjson", number, SEGMENT)) {
        const [leaf, position] = [sha256(Buffer.of(0), line), (number - 1) * SEGMENT + n + 1];
        grow(hashes, this.position, leaf);
        this.position += 1;
        this.must(kept.subarray(n * HASH, Math.min((n + 1) * HASH, size)).equals(leaf), "V2", position, "the record does not match its stored hash");
        if (asked.has(position)) roots.set(position, rootOver(hashes));
        this.follow(line, position, this.position);
        n += 1;
      }
      for (const line of this.lines("slots.ndjson", number, MOST_SLOTS)) this.match(line, withSlots);
    }
    this.conclude(roots);
    return this;
  }

  fill(kept, path) {
    const file = openSync(path);
    try { return readSync(file, kept); } finally { closeSync(file); }
  }

  // Whether the next record is in order with those before (V4).
  follow(line, position, at) {
    try {
      const row = rowOf(line, this.source, this.place, position);
      const isNew = row.commandid === this.command || !this.commands.has(row.commandid);
      const [version, previous] = [this.streams.get(row.subject) ?? 0, this.audiences.get(row.audience) ?? 0];
      this.must(row.sequence === padded(at), "V4", at, "the record belongs at another position");
      this.must(row.streamversion === version + 1, "V4", at, "the stream lacks the version before this one");
      this.must(row.previous === padded(previous), "V4", at, "`previous` names another record");
      this.must(row.moment >= this.last[0] && row.incarnation >= this.last[1], "V4", at, "the time, or the incarnation, runs backwards");
      for (const is of [!this.ids.has(row.id), isNew]) this.must(is, "V4", at, "an event or a command appears twice");
      Object.assign(this, { last: [row.moment, row.incarnation], command: row.commandid });
      this.starts.set(row.incarnation, this.starts.get(row.incarnation) ?? at);
      for (const [map, key, value] of [...row.told, ["audiences", row.audience, at]]) this[map].set(key, value);
    } catch { this.must(false, "V4", at, "the line is not a record of this log"); }
  }

  // Whether a slot that is there is the one that its record names (V5); what stays in `slots` is missing.
  match(line, withSlots) {
    try {
      const slot = JSON.parse(decoder.decode(line));
      const { at, ct } = this.slots.get(slotIn(slot)) ?? { at: 0, ct: "" };
      this.slots.delete(slotIn(slot));
      const isIt = [string(slot.ct), withSlots ? digestOf(unpacked(slot.sealed)) : ct].every((one) => one === ct);
      this.must(isIt, "V5", at, "the slot differs from the one that the record names");
      this.nSlots += 1;
    } catch { this.must(false, "V5", 0, "a line is not a slot, or lacks its ciphertext"); }
  }

  conclude(roots) {
    const lost = this.checkpoints.filter((note) => !this.holds(note, roots.get(note.size)));
    const witnessed = this.cosigned.filter((note) => !lost.includes(note)).map(({ size }) => size);
    this.must(witnessed.length || !this.asks, "V1", 0, "no checkpoint has enough witnesses");
    this.must(this.position === this.size, "V2", this.position, "records are missing or surplus");
    const silent = [...this.starts].filter(([number, at]) => number !== 1 && this.began.get(number)?.at !== at);
    for (const [, at] of silent) this.must(false, "V4", at, "an incarnation begins here without naming what was lost");
    for (const [slot, { at }] of this.slots) this.must(this.erased.has(slot), "V5", at, "a sealed slot is missing without an erasure");
    for (const [slot, at] of this.erased) this.must(this.slots.has(slot), "V5", at, "an erased slot is still there or never existed");
    const slots = `${this.nSlots} sealed slots, ${this.erased.size} erased`;
    const begun = ([number, { at, kept, signed }]) => `; incarnation ${number} from ${at} on, ${Math.max(0, signed - kept)} records lost before it`;
    const more = [...this.began].sort(([a], [b]) => a - b).map(begun).join("") + (lost.length ? `; ${lost.length} checkpoints cover lost records` : "");
    console.log(`${this.place}: ${this.position} records, ${this.checkpoints.length} checkpoints, witnessed up to ${largest(witnessed)}, ${slots}${more}`);
  }

  // Whether the records under a checkpoint are there, with its root; else an incarnation must say it lost them.
  holds(checkpoint, root) {
    const [number, end] = [...this.starts].find(([later]) => later > Number(checkpoint.origin.split("/").at(-1))) ?? [0, this.position + 1];
    const { at, kept, signed, note } = this.began.get(number) ?? { note: "" };
    const [isThere, isTold] = [checkpoint.size < end, at === end && kept === end - 1 && checkpoint.size <= signed];
    this.must(isThere || isTold, "V3", end - 1, "signed records are missing after this position");
    const isIt = isThere ? root?.equals(checkpoint.root) : note.startsWith(checkpoint.text) || !note.startsWith(`${checkpoint.origin}\n${checkpoint.size}\n`);
    this.must(isIt, checkpoint.size === this.newest ? "V2" : "V3", checkpoint.size, "the root up to this position differs");
    return isThere;
  }
}

function verify(directory, policy, seen, withSlots) {
  const manifest = object(JSON.parse(textOf(join(directory, "manifest.json"))));
  if (manifest.format !== "kosilab-history/1") throw new Error("the manifest has an unknown format");
  const [files, entries] = [object(manifest.files), manifest.logs.map((entry) => entry)];
  const there = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = there.map((entry) => relative(directory, join(entry.path, entry.name)).split(sep).join("/"));
  if (new Set(entries.map(({ service }) => service)).size < entries.length) throw new Error("the manifest names a log twice");
  for (const name of new Set([...paths, ...Object.keys(files)].filter((path) => path !== "manifest.json"))) {
    const digest = paths.includes(name) ? digestOfFile(join(directory, name)) : "";
    must(digest === files[name], "V2", "export", 0, `${name} is missing or differs from the manifest`);
  }
  const logs = entries.map((entry) => new History(join(directory, entry.service), entry, policy, seen).read(withSlots));
  const names = new Set(logs.map(({ name }) => name));
  const asked = logs.find(({ place }) => place === "actors")?.asked;
  for (const [log, id, at] of logs.flatMap((log) => [...log.erasing].map((told) => [log, ...told]))) {
    log.must(!asked || asked.has(id), "V5", at, "slots are erased here without a request");
  }
  if (!asked && logs.some(({ erasing }) => erasing.size)) console.log("export: without the log of actors, requests for erasures cannot be checked");
  for (const name of new Set([...seen.map(({ origin }) => origin), ...policy.logs.map((key) => key.name)].filter(Boolean))) {
    must(names.has(name.slice(0, name.lastIndexOf("/") + 1)), "V1", "export", 0, `it has no log ${name}`);
  }
}

function main() {
  const options = { policy: { type: "string" }, seen: { type: "string", multiple: true }, "with-slots": { type: "boolean" } };
  let [directory, asked] = ["", {}];
  try {
    ({ positionals: [directory = ""], values: asked } = parseArgs({ options, allowPositionals: true }));
    if (!statSync(directory).isDirectory()) throw new Error(`${directory} is no folder`);
  } catch (error) {
    console.error(`node verify.mjs DIR [--policy FILE] [--seen FILE]... [--with-slots]: ${error.message}`);
    return 2;
  }
  try {
    const [other] = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(isOther).map(({ path, name }) => join(path, name)).sort();
    if (other) throw new Error(`${other} is no plain file, or far too large`);
    const policy = policyIn(textOf(asked.policy ?? join(directory, "policy.txt")));
    verify(directory, policy, (asked.seen ?? []).flatMap(notesIn), asked["with-slots"]);
  } catch (error) {
    for (const [key, { place }] of found) if (place !== "export") found.delete(key);
    const why = error.constructor === Error && !error.code ? error.message : "a file is cut off or malformed";
    must(false, "V1", "export", 0, error.path ? `${error.path} is missing or cannot be read` : why);
  }
  const order = ({ check, place, first, sentence }) => [check, place, padded(first), sentence].join("\n");
  for (const { check, place, first, sentence, times } of [...found.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1))) {
    console.log(`FAIL ${check} ${place} ${first || "-"}: ${sentence.replace(/[^ -~]/gu, "?")}${times > 1 ? ` (and ${times - 1} more)` : ""}`);
  }
  console.log(found.size ? "FAILED" : "OK");
  return found.size ? 1 : 0;
}
process.exitCode = main();
