//! How the page looks: what its reader may choose. A choice is kept in a cookie, so that the server draws the
//! page as it was chosen, and stands on `<html>`, where the style sheet looks for it.

/// Something to choose from.
pub struct Choice {
    /// The cookie's name, the form field's, and after `data-` the attribute's.
    pub name: &'static str,
    /// What can be chosen; the first is what holds before anything is.
    pub codes: &'static [&'static str],
}

/// `system`: as the reader's device is.
pub const THEME: Choice = Choice {
    name: "theme",
    codes: &["system", "light", "dark"],
};

pub const ACCENT: Choice = Choice {
    name: "accent",
    codes: &["blue", "green", "violet", "orange"],
};

/// How much room there is between things.
pub const DENSITY: Choice = Choice {
    name: "density",
    codes: &["roomy", "compact"],
};

pub const CHOICES: [&Choice; 3] = [&THEME, &ACCENT, &DENSITY];

impl Choice {
    /// The code, if it is one of these; else the first.
    pub fn parse(&self, code: &str) -> &'static str {
        let known = self.codes.iter().find(|known| **known == code);
        known.unwrap_or(&self.codes[0])
    }
}

/// The cookie that puts off the reminder to set a password; a week later it may come again. Where there is one, `<html>`
/// has an attribute of this name.
pub const PUT_OFF: &str = "put-off=yes; path=/; max-age=604800; samesite=lax";

/// What a reader has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub theme: &'static str,
    pub accent: &'static str,
    pub density: &'static str,
    /// The reminder to set a password was put off.
    pub put_off: bool,
}

impl Look {
    /// Reads each choice by its name. Whatever is strange or missing is as nothing chosen.
    pub fn read(code: impl Fn(&str) -> Option<String>) -> Self {
        let chosen = |choice: &Choice| choice.parse(&code(choice.name).unwrap_or_default());
        Self {
            theme: chosen(&THEME),
            accent: chosen(&ACCENT),
            density: chosen(&DENSITY),
            put_off: code("put-off").is_some(),
        }
    }

    /// What was chosen of `choice`.
    pub fn of(&self, choice: &Choice) -> &'static str {
        match choice.name {
            "theme" => self.theme,
            "accent" => self.accent,
            _ => self.density,
        }
    }

    /// The colours of whatever a browser draws around the page: where it is light, where it is dark.
    pub fn frame(&self) -> (&'static str, &'static str) {
        const LIGHT: &str = "#ffffff";
        const DARK: &str = "#17181c";
        match self.theme {
            "light" => (LIGHT, LIGHT),
            "dark" => (DARK, DARK),
            _ => (LIGHT, DARK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Look;

    #[test]
    fn what_is_strange_or_missing_is_as_nothing_chosen() {
        let look = Look::read(|name| match name {
            "theme" => Some("dark".into()),
            "accent" => Some("\"><script>".into()),
            _ => None,
        });
        assert_eq!((look.theme, look.accent, look.density), ("dark", "blue", "roomy"));
        assert_eq!(look.frame(), ("#17181c", "#17181c"));
        assert_eq!(Look::read(|_| None).frame(), ("#ffffff", "#17181c"));
    }
}
