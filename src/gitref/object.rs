//! Git objects as values: what a ref holds when read, and the objects of a commit about to be pushed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use git2::{ObjectType, Oid};
use sha1::{Digest, Sha1};

/// File name → content, the flat directory a memory commit holds.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Mode of a plain file.
const PLAIN_FILE: u32 = 0o100_644;

/// One row of a tree that is not one of the files read: kept as it is when the next commit is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignEntry {
    /// Git's mode bits.
    pub mode: u32,
    /// The name inside the tree.
    pub name: String,
    /// The object it names.
    pub oid: Oid,
}

/// What a ref held when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The commit.
    pub oid: Oid,
    /// How many parents the commit has.
    pub parents: usize,
    /// The commit's message.
    pub message: String,
    /// The plain files at the root.
    pub files: Files,
    /// Everything else in the tree.
    pub foreign: Vec<ForeignEntry>,
    /// Why the files could not be read, when they could not: not a commit, an object too large.
    pub trouble: Option<String>,
}

impl Snapshot {
    /// See [`trailer`].
    pub fn trailer(&self, key: &str) -> Option<String> {
        trailer(&self.message, key)
    }
}

/// The value of the trailer `key` in the last paragraph of a commit message; the last one wins.
pub fn trailer(message: &str, key: &str) -> Option<String> {
    let message = message.trim_end();
    let block = message
        .rfind("\n\n")
        .and_then(|at| message.get(at + 2..))
        .unwrap_or_default();
    let value = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(key).then(|| value.trim().to_owned())
    };
    block.lines().filter_map(value).next_back()
}

/// Who signs a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name; angle brackets and line breaks are dropped.
    pub name: String,
    /// The address.
    pub email: String,
}

/// An object to be sent, with what the server already has to build it from.
#[derive(Debug, Clone)]
pub(super) struct NewObject {
    pub(super) kind: ObjectType,
    pub(super) data: Vec<u8>,
    /// An object on the server that is much like this one.
    pub(super) base: Option<(Oid, Vec<u8>)>,
}

/// A commit about to be made.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The files at its root.
    pub files: &'a Files,
    /// Rows of the tree to carry over.
    pub foreign: &'a [ForeignEntry],
    /// The commit it follows; `None` makes a root commit.
    pub parent: Option<Oid>,
    /// A commit the server surely has: its blobs are not sent again and serve as bases of deltas.
    pub known: Option<&'a Snapshot>,
    /// The message with its trailers.
    pub message: &'a str,
    /// Who signs.
    pub author: &'a Author,
    /// When, in ms since the epoch.
    pub when: i64,
}

/// The objects of one new commit.
#[derive(Debug, Clone)]
pub struct Commit {
    oid: Oid,
    pub(super) objects: Vec<NewObject>,
    snapshot: Snapshot,
}

impl Commit {
    /// Its id.
    pub const fn oid(&self) -> Oid {
        self.oid
    }

    /// What the ref will hold once this commit is its tip.
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Draft<'_> {
    /// Makes the objects; nothing is written anywhere yet.
    pub fn commit(&self) -> Commit {
        let mut rows: Vec<(u32, &str, Oid)> = Vec::with_capacity(self.files.len() + self.foreign.len());
        let mut objects = Vec::new();
        for (name, content) in self.files {
            let oid = hash(ObjectType::Blob, content);
            rows.push((PLAIN_FILE, name, oid));
            let old = self.known.and_then(|known| known.files.get(name));
            if old == Some(content) {
                continue;
            }
            let base = old.map(|old| (hash(ObjectType::Blob, old), old.clone()));
            objects.push(NewObject {
                kind: ObjectType::Blob,
                data: content.clone(),
                base,
            });
        }
        rows.extend(
            self.foreign
                .iter()
                .filter(|entry| !self.files.contains_key(&entry.name))
                .map(|entry| (entry.mode, entry.name.as_str(), entry.oid)),
        );
        let tree = tree_bytes(rows);
        let tree_oid = hash(ObjectType::Tree, &tree);
        let commit = self.commit_bytes(tree_oid).into_bytes();
        let oid = hash(ObjectType::Commit, &commit);
        objects.push(NewObject {
            kind: ObjectType::Tree,
            data: tree,
            base: None,
        });
        objects.push(NewObject {
            kind: ObjectType::Commit,
            data: commit,
            base: None,
        });
        let snapshot = Snapshot {
            oid,
            parents: usize::from(self.parent.is_some()),
            message: self.message.to_owned(),
            files: self.files.clone(),
            foreign: self.foreign.to_vec(),
            trouble: None,
        };
        Commit { oid, objects, snapshot }
    }

    fn commit_bytes(&self, tree: Oid) -> String {
        let clean = |text: &str| text.replace(['<', '>', '\n', '\r', '\0'], "");
        let (name, email) = (clean(&self.author.name), clean(&self.author.email));
        let seconds = self.when.div_euclid(1000);
        let mut text = format!("tree {tree}\n");
        if let Some(parent) = self.parent {
            let _ = writeln!(text, "parent {parent}");
        }
        for role in ["author", "committer"] {
            let _ = writeln!(text, "{role} {name} <{email}> {seconds} +0000");
        }
        text.push('\n');
        text.push_str(&self.message.replace('\0', ""));
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }
}

/// Git's object id of `data`. libgit2's own hashing looks for collision attacks, five times slower; these bytes are ours,
/// and the server hashes them once more.
pub(super) fn hash(kind: ObjectType, data: &[u8]) -> Oid {
    let mut sha1 = Sha1::new();
    sha1.update(format!("{} {}\0", kind.str(), data.len()));
    sha1.update(data);
    Oid::from_bytes(&sha1.finalize()).expect("SHA-1 has twenty bytes")
}

/// A tree as git stores it: sorted by name, where a directory sorts as if it ended in `/`.
fn tree_bytes(mut rows: Vec<(u32, &str, Oid)>) -> Vec<u8> {
    let sort_key = |(mode, name, _): &(u32, &str, Oid)| {
        let mut key = name.as_bytes().to_vec();
        if *mode == 0o40_000 {
            key.push(b'/');
        }
        key
    };
    rows.sort_by_key(sort_key);
    let mut bytes = Vec::new();
    for (mode, name, oid) in rows {
        bytes.extend_from_slice(format!("{mode:o} {name}\0").as_bytes());
        bytes.extend_from_slice(oid.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author() -> Author {
        Author {
            name: "bot\n<x>".to_owned(),
            email: "bot@example.org".to_owned(),
        }
    }

    #[test]
    fn objects_are_those_git_would_make() {
        let directory = tempfile::tempdir().unwrap();
        let repository = git2::Repository::init_bare(directory.path()).unwrap();
        let files = Files::from([("b.txt".to_owned(), b"b".to_vec()), ("a".to_owned(), b"a".to_vec())]);
        let foreign = [ForeignEntry {
            mode: 0o40_000,
            name: "a-dir".to_owned(),
            oid: Oid::hash_object(ObjectType::Tree, b"").unwrap(),
        }];
        let draft = Draft {
            files: &files,
            foreign: &foreign,
            parent: None,
            known: None,
            message: "m\n\nKey: 1\nKey: 2",
            author: &author(),
            when: 1_500,
        };
        let commit = draft.commit();
        let odb = repository.odb().unwrap();
        odb.write(ObjectType::Tree, b"").unwrap();
        for object in &commit.objects {
            odb.write(object.kind, &object.data).unwrap();
        }
        let read = repository.find_commit(commit.oid()).unwrap();
        assert_eq!((read.author().name().unwrap(), read.time().seconds()), ("botx", 1));
        let names: Vec<_> = read
            .tree()
            .unwrap()
            .iter()
            .map(|entry| entry.name().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["a", "a-dir", "b.txt"]);
        assert_eq!(commit.snapshot().trailer("key").as_deref(), Some("2"));
    }

    #[test]
    fn object_ids_are_those_of_git() {
        for kind in [ObjectType::Blob, ObjectType::Tree, ObjectType::Commit, ObjectType::Tag] {
            for data in [&b""[..], b"some text\n", &[0xff; 7_000]] {
                assert_eq!(hash(kind, data), Oid::hash_object(kind, data).unwrap(), "{kind:?}");
            }
        }
    }

    #[test]
    fn what_the_server_has_is_not_sent_again() {
        let files = Files::from([("a".to_owned(), b"one\n".to_vec()), ("b".to_owned(), b"two\n".to_vec())]);
        let first = Draft {
            files: &files,
            foreign: &[],
            parent: None,
            known: None,
            message: "m",
            author: &author(),
            when: 0,
        }
        .commit();
        let mut next = files.clone();
        next.insert("b".to_owned(), b"two\nthree\n".to_vec());
        let second = Draft {
            files: &next,
            parent: Some(first.oid()),
            known: Some(first.snapshot()),
            message: "m",
            foreign: &[],
            author: &author(),
            when: 0,
        }
        .commit();
        assert_eq!((first.objects.len(), second.objects.len()), (4, 3));
        assert_eq!(
            second.objects[0].base.as_ref().map(|base| base.1.as_slice()),
            Some(&b"two\n"[..])
        );
    }
}
