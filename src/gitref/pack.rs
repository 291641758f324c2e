//! Writes the pack of a push. libgit2's pack builder cannot use a base that only the server has, and that is what keeps
//! a push small: such a *thin* pack names the old file and says which lines changed.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use git2::ObjectType;
use sha1::{Digest, Sha1};

use super::delta;
use super::object::NewObject;

/// Type number of a delta that names its base by id.
const REF_DELTA: u8 = 7;

/// A version 2 pack of `objects`, thin where they have a base.
pub(super) fn write(objects: &[&NewObject]) -> io::Result<Vec<u8>> {
    let count = u32::try_from(objects.len()).map_err(io::Error::other)?;
    let mut pack = Vec::new();
    pack.extend_from_slice(b"PACK");
    pack.extend_from_slice(&2_u32.to_be_bytes());
    pack.extend_from_slice(&count.to_be_bytes());
    for object in objects {
        let delta = object
            .base
            .as_ref()
            .and_then(|(oid, old)| Some((oid, delta::encode(old, &object.data)?)));
        if let Some((oid, delta)) = delta {
            header(&mut pack, REF_DELTA, delta.len());
            pack.extend_from_slice(oid.as_bytes());
            deflate(&mut pack, &delta)?;
        } else {
            header(&mut pack, type_number(object.kind), object.data.len());
            deflate(&mut pack, &object.data)?;
        }
    }
    let checksum = Sha1::digest(&pack);
    pack.extend_from_slice(&checksum);
    Ok(pack)
}

fn type_number(kind: ObjectType) -> u8 {
    match kind {
        ObjectType::Commit => 1,
        ObjectType::Tree => 2,
        ObjectType::Tag => 4,
        ObjectType::Blob | ObjectType::Any => 3,
    }
}

/// Type and length: four bits of length beside the type, then groups of seven, lowest first.
fn header(out: &mut Vec<u8>, kind: u8, length: usize) {
    let low = u8::try_from(length & 0x0f).unwrap_or_default();
    let mut rest = length >> 4;
    out.push(kind << 4 | low | if rest > 0 { 0x80 } else { 0 });
    while rest > 0 {
        let low = u8::try_from(rest & 0x7f).unwrap_or_default();
        rest >>= 7;
        out.push(if rest > 0 { low | 0x80 } else { low });
    }
}

fn deflate(out: &mut Vec<u8>, data: &[u8]) -> io::Result<()> {
    let mut encoder = ZlibEncoder::new(out, Compression::default());
    encoder.write_all(data)?;
    encoder.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::object::{Author, Draft, Files};
    use super::*;

    #[test]
    fn libgit2_reads_our_packs_thin_or_not() {
        let author = Author {
            name: "a".to_owned(),
            email: "b".to_owned(),
        };
        let lines = |n: usize| {
            (0..n)
                .map(|n| format!("line {n}\n"))
                .collect::<Vec<_>>()
                .concat()
                .into_bytes()
        };
        let old = Files::from([("m".to_owned(), lines(3000))]);
        let new = Files::from([("m".to_owned(), lines(3001))]);
        let draft = |files, parent, known| {
            Draft {
                files,
                foreign: &[],
                parent,
                known,
                message: "m",
                author: &author,
                when: 0,
            }
            .commit()
        };
        let first = draft(&old, None, None);
        let second = draft(&new, Some(first.oid()), Some(first.snapshot()));
        let directory = tempfile::tempdir().unwrap();
        let repository = git2::Repository::init_bare(directory.path()).unwrap();
        for (commit, limit) in [(&first, 100_000), (&second, 500)] {
            let objects: Vec<_> = commit.objects.iter().collect();
            let pack = write(&objects).unwrap();
            assert!(pack.len() < limit, "a pack of {} bytes", pack.len());
            let odb = repository.odb().unwrap();
            let mut writer = odb.packwriter().unwrap();
            writer.write_all(&pack).unwrap();
            writer.commit().unwrap();
        }
        let tree = repository.find_commit(second.oid()).unwrap().tree().unwrap();
        let blob = repository.find_blob(tree.get_name("m").unwrap().id()).unwrap();
        assert_eq!(blob.content(), lines(3001));
    }
}
