//! A field of a form: its label, what may help to fill it in, and what was wrong with it.

use crate::app::loading::hand_over;
use crate::app::part::IntoPart;
use crate::app::reader::use_texts;
use crate::shared::refusal::{Refusal, RefusedForm};
use leptos::prelude::*;

/// The form that this page answers, if it was refused. Only the page that was loaded for it knows
/// of it; going on to another page forgets it.
#[derive(Clone, Debug, Default)]
pub struct Refused(Option<RefusedForm>);

/// Reads it from the request, or, in a browser that takes over the page, from what the server left.
pub fn use_refused() -> Refused {
    Refused(hand_over(use_context::<RefusedForm>).flatten())
}

impl From<Option<RefusedForm>> for Refused {
    fn from(form: Option<RefusedForm>) -> Self {
        Self(form)
    }
}

impl Refused {
    /// What was typed into a field.
    pub fn value(&self, field: &str) -> Option<String> {
        let values = &self.0.as_ref()?.values;
        let (_, value) = values.iter().find(|(name, _)| name == field)?;
        Some(value.clone())
    }

    /// What was wrong.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.0.as_ref().map(|form| &form.refusal)
    }

    /// What was wrong with a field.
    pub fn at(&self, field: &str) -> Option<&Refusal> {
        self.0
            .as_ref()
            .map(|form| &form.refusal)
            .filter(|refusal| field_of(refusal) == Some(field))
    }

    /// What was wrong, but with no field in particular.
    pub fn elsewhere(&self) -> Option<&Refusal> {
        self.0
            .as_ref()
            .map(|form| &form.refusal)
            .filter(|refusal| field_of(refusal).is_none())
    }
}

/// The field that a refusal is about.
fn field_of(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::HandleInvalid | Refusal::HandleTaken => Some("handle"),
        Refusal::NameInvalid => Some("name"),
        Refusal::PasswordTooShort { .. } | Refusal::PasswordTooLong => Some("password"),
        Refusal::PasswordWeak | Refusal::WrongPassword => Some("password"),
        _ => None,
    }
}

/// A labelled input. It is uncontrolled: what is typed before the browser has taken over the page
/// stays. Its `name` is its place in the form and in [`Refused`].
#[component]
pub fn Field(
    name: &'static str,
    label: &'static str,
    refused: Refused,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] most: Option<usize>,
    /// Of the form's fields, the one to begin with. What was refused goes before.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let texts = use_texts();
    let id = format!("field-{name}");
    let wrong = refused.at(name).map(|refusal| texts.refusal(refusal));
    let is_wrong = wrong.is_some();
    let begins = is_wrong || (first && refused.0.is_none());
    let is_password = kind == "password";
    // A handle is typed as it is: no capital at its beginning, no corrections.
    let as_it_is = is_password || name == "handle";
    let (error_id, hint_id) = (format!("{id}-error"), format!("{id}-hint"));
    let described = if is_wrong {
        Some(error_id.clone())
    } else {
        hint.as_ref().map(|_| hint_id.clone())
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type=kind
                required
                value=refused.value(name)
                autocomplete=autocomplete
                autocapitalize=as_it_is.then_some("none")
                spellcheck=as_it_is.then_some("false")
                placeholder=placeholder
                maxlength=most.map(|most| most.to_string())
                autofocus=begins
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=described
            />
            {match wrong {
                Some(wrong) => view! { <p class="field__error" id=error_id>{wrong}</p> }.into_part(),
                None => hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> }.into_part()).into_part(),
            }}
        </div>
    }
}

/// What was wrong with the form as a whole.
#[component]
pub fn FormError(refused: Refused) -> impl IntoView {
    let texts = use_texts();
    refused.elsewhere().map(|refusal| {
        let sentence = texts.refusal(refusal);
        view! { <p class="form__error" role="alert">{sentence}</p> }.into_part()
    })
}
