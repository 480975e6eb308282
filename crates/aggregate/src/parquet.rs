//! Data frames as Parquet bytes, and back.
//!
//! Parquet as polars writes it has no checksum, and a damaged file may be read
//! as other rows or bring the decoder down. So 32 bytes in front of the footer
//! hold the SHA-256 of all the others, and nothing is decoded before it
//! matches. Other readers pass over them: a footer is found from the end of
//! the file, and it points at everything else by its offset.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use affiant_model::Digest;
use polars::polars_utils::compression::ZstdLevel;
use polars::prelude::{
    DataFrame, ParquetCompression, ParquetReader, ParquetWriter, PolarsError, PolarsResult,
    SerReader, StatisticsOptions, polars_err,
};
use sha2::Digest as _;

use crate::Error;
use crate::frame::{self, Row};

/// Rows in a row group.
const ROW_GROUP: usize = 1 << 16;
/// Size that a data page aims at, in bytes.
const PAGE: usize = 1 << 20;
/// Bytes of a text that go into the statistics of its column.
const STATISTICS_TEXT: u64 = 64;
/// Size of the SHA-256 in front of the footer, in bytes.
const SEAL: usize = 32;

/// Encodes a data frame. Whatever polars would otherwise take from its
/// defaults or from the environment is fixed here, so that the same rows give
/// the same bytes.
pub(crate) fn write<R: Row>(frame: &mut DataFrame) -> Result<Vec<u8>, Error> {
    encode(frame).map_err(|source| Error::Write {
        table: R::TABLE,
        format: "Parquet",
        source: source.into(),
    })
}

fn encode(frame: &mut DataFrame) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(Some(ZstdLevel::try_new(3)?)))
        .with_statistics(StatisticsOptions {
            min_value: true,
            max_value: true,
            distinct_count: false,
            null_count: true,
            binary_statistics_truncate_length: Some(STATISTICS_TEXT),
        })
        .with_row_group_size(Some(ROW_GROUP))
        .with_data_page_size(Some(PAGE))
        .finish(frame)?;
    let footer = footer(&bytes).ok_or_else(no_footer)?;
    let seal = Digest::of(&bytes);
    bytes.splice(footer..footer, *seal.as_bytes());
    Ok(bytes)
}

fn no_footer() -> PolarsError {
    polars_err!(ComputeError: "the file has no footer")
}

/// Decodes the rows of a table, once its bytes are known to be undamaged.
pub(crate) fn read<R: Row>(bytes: &[u8]) -> Result<Vec<R>, Error> {
    if !is_sealed(bytes) {
        return Err(Error::Damaged { table: R::TABLE });
    }
    let frame = ParquetReader::new(Cursor::new(bytes))
        .finish()
        .map_err(|source| Error::Read {
            table: R::TABLE,
            source: source.into(),
        })?;
    frame::from_frame(frame)
}

fn is_sealed(bytes: &[u8]) -> bool {
    let parts = footer(bytes)
        .and_then(|at| bytes.split_at_checked(at))
        .and_then(|(head, footer)| Some((head.split_last_chunk::<SEAL>()?, footer)));
    parts.is_some_and(|((head, seal), footer)| {
        Digest::of(&[head, footer].concat()) == Digest::from_bytes(*seal)
    })
}

/// Checks that the file of a table is as it was written, without holding it.
///
/// # Errors
///
/// [`Error::Damaged`] where it is not; [`Error::Read`] where it cannot be read.
pub(crate) fn check_file<R: Row>(path: &Path) -> Result<(), Error> {
    match is_sealed_file(path) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Error::Damaged { table: R::TABLE }),
        Err(source) => Err(Error::Read {
            table: R::TABLE,
            source: source.into(),
        }),
    }
}

fn is_sealed_file(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let size = file.seek(SeekFrom::End(0))?;
    let mut end = [0; 8];
    if size < (SEAL + end.len()) as u64 {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(size - end.len() as u64))?;
    file.read_exact(&mut end)?;
    let [a, b, c, d, magic @ ..] = end;
    let footer = u64::from(u32::from_le_bytes([a, b, c, d])) + end.len() as u64;
    let Some(head) = size.checked_sub(footer + SEAL as u64) else {
        return Ok(false);
    };
    file.seek(SeekFrom::Start(0))?;
    let mut hash = sha2::Sha256::new();
    let mut seal = [0; SEAL];
    digest((&file).take(head), &mut hash)?;
    file.read_exact(&mut seal)?;
    digest(&file, &mut hash)?;
    Ok(&magic == b"PAR1" && hash.finalize()[..] == seal)
}

fn digest(from: impl Read, hash: &mut sha2::Sha256) -> io::Result<()> {
    let mut from = BufReader::with_capacity(PAGE, from);
    loop {
        let bytes = from.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        hash.update(bytes);
        let read = bytes.len();
        from.consume(read);
    }
}

/// Where the footer begins: its length stands in front of the closing `PAR1`,
/// in four bytes, the lowest first.
fn footer(bytes: &[u8]) -> Option<usize> {
    let (rest, length) = bytes.strip_suffix(b"PAR1")?.split_last_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    rest.len().checked_sub(length)
}

#[cfg(test)]
mod tests {
    use affiant_model::{Defect, ExchangeRow, RecipientSummary, Transmittal};

    use super::*;

    /// The schema that stands in the file, a column a word.
    fn schema<R: Row>() -> String {
        let bytes = write::<R>(&mut frame::to_frame::<R>(&[]).unwrap()).unwrap();
        let schema = ParquetReader::new(Cursor::new(bytes)).schema().unwrap();
        let columns = schema.iter_values().map(|field| {
            let kind = format!("{:?}", field.dtype)
                .replace("Timestamp(Microsecond, Some(\"UTC\"))", "Time")
                .replace("Utf8View", "Text");
            format!("{}:{kind}", field.name)
        });
        columns.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_types_of_the_columns_are_those_of_the_contract() {
        assert_eq!(
            schema::<Transmittal>(),
            "transmittal:Text exhibit:Text exchange:UInt32 time:Time host:Text domain:Text \
             recipient:Text parent:Text party:Text category:Text datum:Text identifier:Text \
             subject:Text basis:Text reach:Text form:Text place:Text locator:Text offset:UInt64 \
             length:UInt64 value:Text value_sha256:Text status:UInt16 phase:Text run:Text \
             device:Text app:Text app_version:Text source:Text nature:Text"
        );
        assert_eq!(
            schema::<ExchangeRow>(),
            "exhibit:Text exchange:UInt32 kind:Text detail:Text events:UInt64 time:Time \
             until:Time method:Text host:Text domain:Text recipient:Text parent:Text party:Text \
             url:Text status:UInt16 reach:Text request_body_bytes:UInt64 offset:UInt64 \
             length:UInt64 unpacked:Text server_address:Text client_address:Text client_app:Text \
             client_device:Text tls:Text ja4:Text aliases:Text \
             phase:Text run:Text device:Text app:Text app_version:Text transmittals:UInt32 endpoint:Text repeats:Text"
        );
        assert_eq!(
            schema::<Defect>(),
            "exhibit:Text exchange:UInt32 offset:UInt64 length:UInt64 stage:Text message:Text \
             consequence:Text"
        );
        assert_eq!(
            schema::<RecipientSummary>(),
            "recipient:Text parent:Text party:Text domains:Text category:Text datum:Text \
             phase:Text transmittals:UInt64 exchanges:UInt64 exhibits:UInt64 values:UInt64 \
             known_values:UInt64 documented_fields:UInt64 observed_fields:UInt64 \
             acknowledged:UInt64 attempted:UInt64 first:Time last:Time"
        );
    }
}
