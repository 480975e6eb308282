//! What goes to the other side: proofs, the notice, the sealed bag, productions.

use std::collections::{BTreeMap, BTreeSet};

use affiant_custody::{CaseFolder, Details, Selection, numbered};
use affiant_detect::Screen;
use affiant_model::{Action, CustodyObject, ExhibitId, IdentifierKind, Transfer};
use affiant_report::{NoticeInput, Program};
use affiant_tlog::Checkpoint;
use serde_json::json;

use super::checkpoint::{filed, make, notes};
use super::events::{exhibit, open, said};
use crate::args::{Notice, Produce, Prove, Seal};
use crate::case_file;
use crate::console::Console;
use crate::error::{CliError, Outcome, io};
use crate::exhibit::exchanges_of;
use crate::screening::{Screening, Sighted, lines};
use crate::world::{NAME, VERSION, World};

pub(crate) fn prove(arguments: &Prove, console: &Console) -> Result<Outcome, CliError> {
    let folder = CaseFolder::open(&arguments.case)?;
    let prover = filed(&folder, arguments.size)?;
    let exhibits = folder.exhibits()?;
    let known = |id: ExhibitId| {
        exhibits
            .iter()
            .find(|exhibit| exhibit.id == id)
            .ok_or_else(|| CliError::usage(format!("there is no exhibit {id}")))
    };
    let mut events: BTreeSet<u64> = arguments.events.iter().copied().collect();
    let ledger = folder.ledger()?;
    let acquired = |id: ExhibitId| {
        ledger
            .iter()
            .find(|event| {
                event.action == Action::Acquire
                    && event
                        .objects
                        .iter()
                        .any(|object| object.exhibit == Some(id))
            })
            .map(|event| event.seq)
    };
    for text in &arguments.exhibits {
        let id = known(exhibit(text)?)?.id;
        events.extend(acquired(id));
    }
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for text in &arguments.exchanges {
        let (id, number) = exchange(text)?;
        events.extend(acquired(id));
        for proven in prover.exchanges(known(id)?, &[number])? {
            let stem = format!("{id}-{}", numbered(number));
            files.push((format!("{stem}.bin"), proven.bytes));
            files.push((
                format!("{stem}.tlog-proof"),
                proven.proof.to_string().into_bytes(),
            ));
        }
    }
    let wanted: Vec<u64> = events.into_iter().collect();
    for proven in prover.events(&wanted)? {
        let stem = numbered(proven.seq);
        files.push((format!("{stem}.json"), proven.line));
        files.push((
            format!("{stem}.tlog-proof"),
            proven.proof.to_string().into_bytes(),
        ));
    }
    for old in notes(&arguments.since)? {
        let from = Checkpoint::parse(&old.text).map_err(CliError::usage)?;
        let proof = prover.consistency(&old)?;
        let name = format!(
            "{}-{}.consistency",
            numbered(from.size),
            numbered(prover.size())
        );
        files.push((name, proof.to_string().into_bytes()));
    }
    if files.is_empty() {
        return Err(CliError::usage(
            "name what to prove: --exhibit, --event, --exchange or --since",
        ));
    }
    std::fs::create_dir_all(&arguments.output).map_err(io("make the folder", &arguments.output))?;
    for (name, bytes) in &files {
        let path = arguments.output.join(name);
        std::fs::write(&path, bytes).map_err(io("write", &path))?;
    }
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    let text: String = names
        .iter()
        .map(|name| format!("{}\n", arguments.output.join(name).display()))
        .collect();
    said(
        console,
        json!({ "size": prover.size(), "files": names }),
        &text,
    )
}

/// `E-0001:17`.
fn exchange(text: &str) -> Result<(ExhibitId, u64), CliError> {
    let parsed = text.split_once(':').and_then(|(id, number)| {
        let number: u64 = number.parse().ok().filter(|number| *number > 0)?;
        Some((id.parse().ok()?, number))
    });
    parsed.ok_or_else(|| {
        CliError::usage(format!(
            "`{text}` names no exchange of an exhibit; write it as E-0001:17"
        ))
    })
}

pub(crate) fn notice(arguments: &Notice, console: &Console) -> Result<Outcome, CliError> {
    let folder = CaseFolder::open(&arguments.case)?;
    let prover = filed(&folder, arguments.size)?;
    let checkpoint = Checkpoint::parse(&prover.note().text).map_err(CliError::internal)?;
    let key = folder
        .all_keys()?
        .into_iter()
        .map(|term| term.key)
        .find(|key| prover.note().verify(std::slice::from_ref(key)).is_ok())
        .ok_or_else(|| CliError::verification("the checkpoint is signed by no key of the case; `affiant verify` shows what is wrong"))?;
    let ledger = folder.ledger()?;
    let covered = ledger
        .iter()
        .take(usize::try_from(checkpoint.size).unwrap_or(usize::MAX));
    let acquired = covered
        .clone()
        .filter(|event| event.action == Action::Acquire);
    let knowledge = affiant_detect::Knowledge::built_in()?;
    let case = case_file::read(&folder.case_file(), &knowledge.datum_names())?.case;
    let as_of = covered
        .clone()
        .next_back()
        .map(|event| event.time)
        .ok_or_else(|| CliError::usage("the checkpoint covers no event"))?;
    let program = Program {
        name: NAME.to_owned(),
        version: VERSION.to_owned(),
        sha256: None,
    };
    let note = prover.note().to_string();
    let pdf = affiant_report::notice(&NoticeInput {
        case: &case,
        origin: &checkpoint.origin,
        size: checkpoint.size,
        root: checkpoint.root,
        note: &note,
        key: &key.to_string(),
        fingerprint: key.fingerprint(),
        exhibits: acquired.count(),
        as_of,
        program: &program,
    })?;
    std::fs::write(&arguments.output, &pdf).map_err(io("write", &arguments.output))?;
    let shown = arguments.output.display();
    let value = json!({ "document": shown.to_string(), "size": checkpoint.size, "root": checkpoint.root, "key_sha256": key.fingerprint() });
    said(console, value, &format!("{shown}  {} bytes\n", pdf.len()))
}

pub(crate) fn seal(
    arguments: &Seal,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let folder = writer.folder();
    // Nothing is recorded of a bag that cannot be written.
    folder.check_output(&arguments.output)?;
    folder.check_ready_to_seal()?;
    super::key::of(&folder, &arguments.key.log_key)?;
    let knowledge = affiant_detect::Knowledge::built_in()?;
    let case = case_file::read(&folder.case_file(), &knowledge.datum_names())?.case;
    let ledger = folder.ledger()?;
    if ledger
        .last()
        .is_none_or(|event| event.action != Action::Seal)
    {
        let every = folder.all_exhibits()?;
        let jsonld = affiant_uco::case_jsonld(&folder.origin()?, &case, &ledger, &every);
        let details = Details {
            objects: vec![folder.write_case_jsonld(&jsonld)?],
            note: arguments.note.clone(),
            ..Details::default()
        };
        writer.record(Action::Seal, details, world.stamp())?;
    }
    let checkpoint = make(&writer, &arguments.key.log_key)?;
    let bytes = ledger
        .iter()
        .flat_map(|event| &event.objects)
        .map(|object| object.bytes)
        .sum();
    let mut stage = console.stage("seal", bytes);
    let info = info(&format!("{} of a case, whole", NAME), writer.seq());
    folder.write_bag(&arguments.output, &info, &mut |bytes| stage.advance(bytes))?;
    stage.finish();
    let shown = arguments.output.display();
    let text = format!(
        "Wrote the bag {shown}: {} events, root {}.\nCheck it without this program: bash {shown}/verify.sh --key … --checkpoint …\n",
        checkpoint.checkpoint.size, checkpoint.checkpoint.root
    );
    let value = json!({ "bag": shown.to_string(), "size": checkpoint.checkpoint.size, "root": checkpoint.checkpoint.root });
    said(console, value, &text)
}

pub(crate) fn produce(
    arguments: &Produce,
    world: &World,
    console: &Console,
) -> Result<Outcome, CliError> {
    let mut writer = open(&arguments.case, world)?;
    let folder = writer.folder();
    // Nothing is recorded of a production that cannot be written.
    folder.check_output(&arguments.output)?;
    super::key::of(&folder, &arguments.key.log_key)?;
    let selection = select(&folder, arguments)?;
    folder.check_earlier(&selection.since)?;
    let sighted = warn(&folder, &selection, console)?;
    let mut objects = Vec::new();
    for id in &selection.exhibits {
        objects.push(writer.object(*id)?);
    }
    for path in &selection.working {
        objects.push(affiant_custody::describe(&folder.root(), path)?);
    }
    let known = folder.exhibits()?;
    for (id, number) in &selection.exchanges {
        if let Some(exhibit) = known.iter().find(|exhibit| exhibit.id == *id) {
            objects.push(folder.exchange_object(exhibit, *number)?);
        }
    }
    let details = Details {
        objects,
        transfer: Some(Transfer {
            from: world.actor().name.clone(),
            to: arguments.to.clone(),
            how: arguments.how.clone(),
            signer: None,
        }),
        ..Details::default()
    };
    let disclosed = writer.record(Action::Disclose, details, world.stamp())?.seq;
    let checkpoint = make(&writer, &arguments.key.log_key)?;
    let exhibits = folder.exhibits()?;
    let bytes = exhibits
        .iter()
        .filter(|exhibit| selection.exhibits.contains(&exhibit.id))
        .map(|exhibit| exhibit.bytes)
        .sum();
    let mut stage = console.stage("produce", bytes);
    let info = info(&format!("{NAME} of a part of a case"), disclosed);
    let advance = &mut |bytes| stage.advance(bytes);
    folder.write_production(&arguments.output, &selection, disclosed, &info, advance)?;
    stage.finish();
    let shown = arguments.output.display();
    let withheld: std::collections::BTreeSet<_> = selection
        .exchanges
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| !selection.exhibits.contains(id))
        .collect();
    for id in withheld {
        console.remark(&format!(
            "note: the record of {id} goes with its exchanges, and says name, size and SHA-256 of the whole file"
        ));
    }
    let text = format!(
        "Wrote the production {shown}, recorded as event {disclosed} and under the checkpoint of size {}.\nCheck it without this program: bash {shown}/verify.sh --key … --checkpoint …\n",
        checkpoint.checkpoint.size
    );
    let value = json!({ "production": shown.to_string(), "event": disclosed, "size": checkpoint.checkpoint.size, "sighted": sighted });
    said(console, value, &text)
}

/// Says, before anything is written, which credentials and whose addresses are
/// about to be produced. It is for counsel to decide what follows from it.
pub(super) fn warn(
    folder: &CaseFolder,
    selection: &Selection,
    console: &Console,
) -> Result<BTreeMap<ExhibitId, Vec<Sighted>>, CliError> {
    let knowledge = affiant_detect::Knowledge::built_in()?;
    let case = case_file::read(&folder.case_file(), &knowledge.datum_names())?.case;
    let identifiers = case
        .subjects
        .into_iter()
        .flat_map(|subject| subject.identifiers);
    let own = identifiers
        .filter(|identifier| identifier.kind == IdentifierKind::Email)
        .map(|identifier| identifier.value);
    let screen = Screen::new(own)?;
    let single: BTreeSet<ExhibitId> = selection.exchanges.iter().map(|(id, _)| *id).collect();
    let mut sighted = BTreeMap::new();
    for exhibit in folder.exhibits()? {
        let whole = selection.exhibits.contains(&exhibit.id);
        if !whole && !single.contains(&exhibit.id) {
            continue;
        }
        let mut screening = Screening::new(&screen);
        let read = exchanges_of(folder, &exhibit, &mut |exchange| {
            let number = (exhibit.id, u64::from(exchange.ordinal));
            if whole || selection.exchanges.contains(&number) {
                screening.take(exchange);
            }
        })?;
        if let Err(why) = &read {
            console.remark(&format!(
                "warning: {} was not looked through for credentials: {why}",
                exhibit.id
            ));
        }
        let capture = read.as_ref().ok().filter(|_| whole);
        let found = screening.sighted(capture);
        for line in lines(&found) {
            console.remark(&format!("warning: {} holds: {line}", exhibit.id));
        }
        if !found.is_empty() {
            sighted.insert(exhibit.id, found);
        }
    }
    if !selection.working.is_empty() {
        console.remark("note: working copies are not looked through for credentials; `affiant derive --withheld` searches one for what you list");
    }
    Ok(sighted)
}

fn select(folder: &CaseFolder, arguments: &Produce) -> Result<Selection, CliError> {
    let copies: Vec<CustodyObject> = folder.working_copies()?;
    let working = |name: &String| {
        let found = copies
            .iter()
            .find(|copy| copy.path.starts_with(&format!("working/{name}.")));
        found
            .map(|copy| copy.path.clone())
            .ok_or_else(|| CliError::usage(format!("there is no working copy {name}")))
    };
    let selection = Selection {
        exhibits: arguments
            .exhibits
            .iter()
            .map(|text| exhibit(text))
            .collect::<Result<_, _>>()?,
        working: arguments
            .working
            .iter()
            .map(working)
            .collect::<Result<_, _>>()?,
        exchanges: arguments
            .exchanges
            .iter()
            .map(|text| exchange(text))
            .collect::<Result<_, _>>()?,
        since: notes(&arguments.since)?,
    };
    if selection.exhibits.is_empty()
        && selection.working.is_empty()
        && selection.exchanges.is_empty()
    {
        return Err(CliError::usage(
            "name what to produce: --exhibit, --working or --exchange",
        ));
    }
    Ok(selection)
}

fn info(what: &str, event: u64) -> affiant_custody::Info {
    [
        ("Bag-Software-Agent", format!("{NAME} {VERSION}")),
        ("External-Description", what.to_owned()),
        ("Affiant-Event", event.to_string()),
    ]
    .into_iter()
    .map(|(label, value)| (label.to_owned(), value))
    .collect()
}
