//! What files said the last time they were read: those that look as they did are not read again.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::document::{Files, ReadError, Stamp};

/// What is remembered of a project's files.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Files of the project, sorted, as they were listed.
    listed: Option<Vec<String>>,
    read: BTreeMap<String, Read>,
}

/// A file as it was read.
#[derive(Debug)]
struct Read {
    /// What it looked like before that; nothing where that tells nothing.
    stamp: Option<Stamp>,
    result: Result<Vec<u8>, ReadError>,
    /// True where the last compilation asked for it.
    asked: bool,
}

impl Memory {
    /// True where nothing can have changed: the same files, and all of them look as they did.
    pub(super) fn is_current(&self, files: &dyn Files) -> bool {
        let Ok(mut listed) = files.list() else { return false };
        listed.sort();
        let looks_the_same = |(path, read): (&String, &Read)| read.stamp.is_some() && files.stamp(path) == read.stamp;
        self.listed.as_ref() == Some(&listed) && self.read.iter().all(looks_the_same)
    }

    /// Lets a project be read through the memory.
    pub(super) fn through<T>(&mut self, files: &dyn Files, load: impl FnOnce(&dyn Files) -> T) -> T {
        self.listed = None;
        self.read.values_mut().for_each(|read| read.asked = false);
        let loaded = load(&Remembering { files, memory: RefCell::new(self) });
        self.read.retain(|_, read| read.asked);
        loaded
    }
}

/// Files that are read where that is not remembered.
struct Remembering<'m> {
    files: &'m dyn Files,
    memory: RefCell<&'m mut Memory>,
}

impl Files for Remembering<'_> {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        let mut listed = self.files.list()?;
        listed.sort();
        self.memory.borrow_mut().listed = Some(listed.clone());
        Ok(listed)
    }

    fn scenarios(&self) -> Vec<String> {
        self.files.scenarios()
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.files.stamp(path)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let stamp = self.files.stamp(path);
        let mut memory = self.memory.borrow_mut();
        if let Some(known) = memory.read.get_mut(path).filter(|known| known.stamp.is_some() && known.stamp == stamp) {
            known.asked = true;
            return known.result.clone();
        }
        let result = self.files.read(path, limit);
        memory.read.insert(path.to_owned(), Read { stamp, result: result.clone(), asked: true });
        result
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// One file, and how often it was read.
    struct One {
        text: &'static str,
        stamp: Option<Stamp>,
        times: Cell<u32>,
    }

    impl Files for One {
        fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
            Ok(vec!["sop.toml".to_owned()])
        }

        fn stamp(&self, _: &str) -> Option<Stamp> {
            self.stamp
        }

        fn read(&self, _: &str, _: u64) -> Result<Vec<u8>, ReadError> {
            self.times.set(self.times.get() + 1);
            Ok(self.text.into())
        }
    }

    fn read(memory: &mut Memory, files: &One) -> Vec<u8> {
        memory.through(files, |files| {
            files.list().expect("a list");
            files.read("sop.toml", 100).expect("a text")
        })
    }

    #[test]
    fn a_file_that_looks_the_same_is_read_once() {
        let mut memory = Memory::default();
        let files = One { text: "a", stamp: Some(Stamp([1; 4])), times: Cell::new(0) };
        assert!(!memory.is_current(&files));
        assert_eq!((read(&mut memory, &files), read(&mut memory, &files)), (b"a".to_vec(), b"a".to_vec()));
        assert_eq!(files.times.get(), 1);
        assert!(memory.is_current(&files));
        let other = One { text: "b", stamp: Some(Stamp([2; 4])), times: Cell::new(0) };
        assert!(!memory.is_current(&other));
        assert_eq!(read(&mut memory, &other), b"b");
    }

    #[test]
    fn looks_that_tell_nothing_are_not_trusted() {
        let mut memory = Memory::default();
        let files = One { text: "a", stamp: None, times: Cell::new(0) };
        read(&mut memory, &files);
        read(&mut memory, &files);
        assert_eq!(files.times.get(), 2);
        assert!(!memory.is_current(&files));
    }
}
