//! `schemas/config.json`: what an editor checks `.github/shipwright.yml` against. Made from the list of inputs, so that
//! it cannot fall behind.

use serde_json::{Map, Value, json};

use super::inputs::{Audience, INPUTS, Input};
use super::rules::CATEGORIES;

/// The schema, JSON Schema draft 2020-12.
pub fn config() -> Value {
    let mut properties = Map::new();
    for input in INPUTS.iter().filter(|input| input.audience == Audience::User) {
        properties.insert(input.name.to_owned(), of_input(input));
    }
    for (key, schema) in rules() {
        properties.insert(key.to_owned(), schema);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Shipwright's configuration, .github/shipwright.yml",
        "description": "Read from the default branch. An input of the workflow wins over a key of this file.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "$defs": {
            "category": { "enum": CATEGORIES },
            "name": { "type": "string", "minLength": 1, "maxLength": 100 },
            "names": { "anyOf": [
                { "$ref": "#/$defs/name" },
                { "type": "array", "items": { "$ref": "#/$defs/name" } }
            ] },
            "texts": { "type": "array", "items": { "type": "string" } }
        }
    })
}

fn of_input(input: &Input) -> Value {
    let mut schema = Map::from_iter([("description".to_owned(), input.description.into())]);
    let types = if input.default == "true" || input.default == "false" {
        json!({"type": "boolean"})
    } else if let Ok(number) = input.default.parse::<u64>() {
        schema.insert("default".to_owned(), number.into());
        json!({"type": "integer", "minimum": 0})
    } else {
        json!({"anyOf": [
            { "type": ["string", "integer", "boolean"] },
            { "type": "array", "items": { "type": ["string", "integer", "boolean"] } }
        ]})
    };
    if let Value::Object(types) = types {
        schema.extend(types);
    }
    Value::Object(schema)
}

fn rules() -> [(&'static str, Value); 7] {
    let by_scope = |description: &str| json!({"description": description, "type": "object", "additionalProperties": { "$ref": "#/$defs/names" }});
    let by_category = |description: &str, value: Value| json!({"description": description, "type": "object", "propertyNames": { "$ref": "#/$defs/category" }, "additionalProperties": value});
    [
        (
            "matchers",
            json!({
                "description": "Your own knowledge: a line that matches decides category, title and first action.",
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["pattern"],
                    "properties": {
                        "pattern": { "type": "string", "description": "Regular expression, tried on each line." },
                        "category": { "$ref": "#/$defs/category" },
                        "title": { "type": "string" },
                        "action": { "type": "string" }
                    }
                }
            }),
        ),
        (
            "actions",
            json!({
                "description": "Your own actions, shown before the built-in ones.",
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "categories": { "type": "object", "propertyNames": { "$ref": "#/$defs/category" }, "additionalProperties": { "$ref": "#/$defs/texts" } },
                    "stages": { "type": "object", "additionalProperties": { "$ref": "#/$defs/texts" } }
                }
            }),
        ),
        (
            "ignore",
            json!({"description": "Regular expressions of lines that never say why.", "type": "array", "items": { "type": "string" }}),
        ),
        (
            "owners",
            by_scope("Whom a failure concerns, by category or glob of paths; `@name` is mentioned, `name` is not."),
        ),
        (
            "labels",
            by_scope("Labels of a new tracking issue, by category or glob of paths."),
        ),
        (
            "roles",
            by_category(
                "The role that looks at a category, instead of the one recruit finds.",
                json!({ "$ref": "#/$defs/name" }),
            ),
        ),
        (
            "categories",
            by_category(
                "What is special about a category here.",
                json!({
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "class": { "enum": ["transient", "deterministic", "unknown"], "description": "Whether a retry is sensible." },
                        "issue": { "type": "boolean", "description": "Whether a tracking issue may be opened for it." }
                    }
                }),
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::ConfigFile;
    use super::*;

    #[test]
    fn every_key_of_the_schema_is_read_from_the_file_and_no_other() {
        let schema = config();
        for key in schema["properties"].as_object().unwrap().keys() {
            let error = ConfigFile::parse(format!("{key}: {{zz: {{}}}}\n").as_bytes()).unwrap_err();
            assert!(!error.to_string().contains("unknown key"), "{key}: {error}");
        }
        let keys = schema["properties"].as_object().unwrap().len();
        let inputs = INPUTS.iter().filter(|input| input.audience == Audience::User).count();
        assert_eq!(keys, inputs + super::super::config::RULE_KEYS.len());
    }
}
