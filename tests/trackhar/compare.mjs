// Prints what TrackHAR finds in HAR files, one JSON object a line:
// `AFFIANT_TRACKHAR=FOLDER node compare.mjs FILE...`, where FOLDER/node_modules has the
// npm package `trackhar`. Each entry is handed over in a HAR of its own, so that one that
// TrackHAR cannot read takes no other with it; what it could not read is on standard error.
// Every entry is read twice, as TrackHAR reads by default and with `indicatorValues` empty;
// `modes` says in which of them a finding is.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

const folder = process.env.AFFIANT_TRACKHAR;
let trackhar;
try {
    const require = createRequire(join(resolve(folder), 'package.json'));
    trackhar = await import(pathToFileURL(require.resolve('trackhar')));
} catch (error) {
    console.error(`not compared: AFFIANT_TRACKHAR names no folder with trackhar (${error.message})`);
    process.exit(0);
}

const read = (file) => {
    const bytes = readFileSync(file);
    const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
    return JSON.parse(text.toString('utf8').replace(/^\uFEFF/, ''));
};

const modes = { default: undefined, indicators: { indicatorValues: {} } };

for (const file of process.argv.slice(2)) {
    let log;
    try {
        log = read(file).log;
        if (!Array.isArray(log?.entries)) throw new Error('it has no log with entries');
    } catch (error) {
        console.error(`${file}: not read: ${error.message}`);
        continue;
    }
    for (const [entry, request] of log.entries.entries()) {
        const lines = new Map();
        for (const [mode, options] of Object.entries(modes)) {
            let found;
            try {
                [found] = await trackhar.process({ log: { ...log, entries: [request] } }, options);
            } catch (error) {
                console.error(`${file}: entry ${entry}: not read (${mode}): ${error.message}`);
                continue;
            }
            for (const { adapter, property, context, path, value } of found ?? []) {
                const line = JSON.stringify({ file, entry, adapter, property, context, path, value });
                lines.set(line, [...(lines.get(line) ?? []), mode]);
            }
        }
        for (const [line, modes] of lines) {
            console.log(JSON.stringify({ ...JSON.parse(line), modes }));
        }
    }
}
