//! Memory stores that are `SQLite` files, opened read-only. The columns decide how a table is read: every version named
//! them a little differently.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use serde_json::{Map, Number, Value};

use crate::app::Error;
use crate::memory::shapes::{self, Element, From, Imported, Shape};

/// More rows than any store holds are not read.
const MAX_ROWS: usize = 1_000_000;

/// Tables that hold entries, in the order they are looked for.
const TABLES: &[&str] = &["memory_entries", "memory_store", "patterns", "reasoning_patterns"];

/// Reads the entries of a `SQLite` store.
pub(super) fn import(path: &Path, from: From) -> Result<Imported, Error> {
    let cannot =
        |error: rusqlite::Error| Error::user(format!("cannot read the database {}", path.display())).with_source(error);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(cannot)?;
    // The file may be anybody's: nothing in its schema may call functions.
    connection
        .execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
        .map_err(cannot)?;
    let mut seen = Vec::new();
    for table in TABLES {
        let columns = columns_of(&connection, table).map_err(cannot)?;
        let Some(shape) = shape_of(&columns) else {
            if !columns.is_empty() {
                seen.push(format!("{table}({})", columns.join(", ")));
            }
            continue;
        };
        if matches!(from, From::Shape(wanted) if wanted != shape) {
            seen.push(format!("{table} is {}", shape.id()));
            continue;
        }
        let elements = rows_of(&connection, table, shape).map_err(cannot)?;
        return shapes::gather(shape, elements)
            .map_err(|error| Error::user(format!("cannot import {}", path.display())).with_source(error));
    }
    let seen = if seen.is_empty() {
        "no table of memory".to_owned()
    } else {
        seen.join("; ")
    };
    Err(Error::user(format!(
        "no known shape of memory in the database {}: {seen}",
        path.display()
    )))
}

fn columns_of(connection: &Connection, table: &str) -> Result<Vec<String>, rusqlite::Error> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    names.collect()
}

/// Tells the versions apart by their columns.
fn shape_of(columns: &[String]) -> Option<Shape> {
    let has = |name: &str| columns.iter().any(|column| column == name);
    if has("key") && has("content") {
        Some(Shape::SqliteV3)
    } else if has("key") && has("value") {
        Some(Shape::SqliteV2)
    } else if has("pattern_data") {
        Some(Shape::SqlitePatterns)
    } else {
        None
    }
}

fn rows_of(connection: &Connection, table: &str, shape: Shape) -> Result<Vec<Element>, rusqlite::Error> {
    // `table` is one of `TABLES`, never text from the file.
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut elements = Vec::new();
    while let Some(row) = rows.next()? {
        if elements.len() == MAX_ROWS {
            break;
        }
        let fields = fields_of(&names, row)?;
        let live = fields
            .get("status")
            .and_then(Value::as_str)
            .is_none_or(|status| status == "active");
        if live {
            let fields = if shape == Shape::SqlitePatterns {
                pattern(fields)
            } else {
                fields
            };
            elements.push((shapes::Defaults::default(), Value::Object(fields)));
        }
    }
    Ok(elements)
}

/// A row as JSON. Columns that hold JSON text beside the value (tags, metadata) become JSON; vectors and blobs stay out.
fn fields_of(names: &[String], row: &Row<'_>) -> Result<Map<String, Value>, rusqlite::Error> {
    let mut fields = Map::new();
    for (index, name) in names.iter().enumerate() {
        if name.starts_with("embedding") || name == "id" && names.iter().any(|name| name == "key") {
            continue;
        }
        let value = match row.get_ref(index)? {
            ValueRef::Null | ValueRef::Blob(_) => continue,
            ValueRef::Integer(number) => Value::from(number),
            ValueRef::Real(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
            ValueRef::Text(text) => text_of(name, &String::from_utf8_lossy(text)),
        };
        fields.insert(name.clone(), value);
    }
    Ok(fields)
}

fn text_of(name: &str, text: &str) -> Value {
    let is_json = matches!(name, "tags" | "metadata" | "pattern_data");
    let parsed = if is_json { serde_json::from_str(text).ok() } else { None };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// A pattern of `ReasoningBank`: `{title, content, domain}` inside one column.
fn pattern(mut fields: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Object(mut data)) = fields.remove("pattern_data") {
        for (from, to) in [("title", "key"), ("content", "value"), ("domain", "namespace")] {
            if let Some(value) = data.remove(from) {
                fields.insert(to.to_owned(), value);
            }
        }
        fields.extend(data);
    }
    fields
}
