//! What the doors say, and what a device says of the messenger that is installed on it. Apart from the other
//! sentences, since no page has a use for them.

use crate::app::reader::Reader;
use crate::i18n::Lang;
use leptos::prelude::expect_context;

pub struct DoorTexts {
    pub sign_in: &'static str,
    pub sign_in_title: &'static str,
    pub sign_up: &'static str,
    pub sign_up_title: &'static str,
    pub sign_up_lead: &'static str,
    pub no_account_yet: &'static str,
    pub have_account: &'static str,
    pub handle: &'static str,
    pub handle_hint: &'static str,
    pub your_name: &'static str,
    pub your_name_hint: &'static str,
    pub password: &'static str,
    /// How many characters it has at least.
    pub password_hint: fn(usize) -> String,
    pub invitation_over: &'static str,
    /// Who invites.
    pub invited_by: fn(&str) -> String,
    /// Whose account one is signed in to.
    pub come_in_as: fn(&str) -> String,
    /// Under the one field that a newcomer fills in.
    pub newcomer_hint: &'static str,
    pub account_needed: &'static str,
    /// Over somebody's own link.
    pub write_to: fn(&str) -> String,
    pub write_to_submit: &'static str,
    pub first_run_title: &'static str,
    pub first_run_lead: &'static str,
    pub first_run_submit: &'static str,
    /// Before the name of the conversation.
    pub back_to: &'static str,
    pub react: &'static str,
    pub give: &'static str,
    pub one_emoji: &'static str,
    pub delete_sure: &'static str,
    pub restore_lead: &'static str,
    pub too_late: &'static str,
    /// Under an icon, where there is room for a dozen letters.
    pub short_name: &'static str,
    /// What it is, for somebody about to install it.
    pub description: &'static str,
}

/// The sentences of the one at the door.
pub fn use_door_texts() -> &'static DoorTexts {
    texts(expect_context::<Reader>().texts.lang)
}

pub fn texts(lang: Lang) -> &'static DoorTexts {
    match lang {
        Lang::Ru => &RU,
        Lang::En => &EN,
    }
}

const RU: DoorTexts = DoorTexts {
    sign_in: "Войти",
    sign_in_title: "С возвращением",
    sign_up: "Создать аккаунт",
    sign_up_title: "Давайте знакомиться",
    sign_up_lead: "Почта и телефон не нужны.",
    no_account_yet: "Ещё нет аккаунта?",
    have_account: "Уже есть аккаунт?",
    handle: "Имя пользователя",
    handle_hint: "По нему вас найдут, например @anna. Буквы, цифры и знаки _\u{a0}-\u{a0}.",
    your_name: "Как вас зовут",
    your_name_hint: "Это имя увидят собеседники.",
    password: "Пароль",
    password_hint: |least| {
        format!(
            "Не короче {least} {}.",
            crate::i18n::ru::plural(least as u64, "символа", "символов", "символов")
        )
    },
    invitation_over: "Приглашение не действует",
    invited_by: |name| format!("Вас приглашает {name}"),
    come_in_as: |name| format!("Вы войдёте как {name}."),
    newcomer_hint: "Больше ничего не нужно. Пароль можно задать потом.",
    account_needed: "Чтобы войти в комнату, нужен аккаунт.",
    write_to: |name| format!("Написать: {name}"),
    write_to_submit: "Начать разговор",
    first_run_title: "Начнём с вас",
    first_run_lead: "Это первый аккаунт — вы будете здесь хозяином. Сразу появится и общая комната, куда можно позвать остальных.",
    first_run_submit: "Начать",
    back_to: "Назад в беседу",
    react: "Реакция",
    give: "Поставить",
    one_emoji: "Нужен один эмодзи.",
    delete_sure: "Сообщение исчезнет у всех. Ещё 10 секунд его можно будет вернуть.",
    restore_lead: "Передумали? Ещё несколько секунд его можно вернуть.",
    too_late: "Вернуть его уже не получится.",
    short_name: "Сообщения",
    description: "Переписка, в которой ничего не теряется: даже без связи и после перезагрузки.",
};

const EN: DoorTexts = DoorTexts {
    sign_in: "Sign in",
    sign_in_title: "Welcome back",
    sign_up: "Create account",
    sign_up_title: "Nice to meet you",
    sign_up_lead: "No e-mail, no phone number.",
    no_account_yet: "New here?",
    have_account: "Already have an account?",
    handle: "Username",
    handle_hint: "How people find you, like @anna. Letters, digits and _\u{a0}-\u{a0}.",
    your_name: "Your name",
    your_name_hint: "This is what others will see.",
    password: "Password",
    password_hint: |least| {
        format!(
            "At least {least} {}.",
            crate::i18n::en::plural(least as u64, "character", "characters")
        )
    },
    invitation_over: "This invitation is over",
    invited_by: |name| format!("{name} invites you"),
    come_in_as: |name| format!("You’ll join as {name}."),
    newcomer_hint: "That’s all we need. You can set a password later.",
    account_needed: "You need an account to join.",
    write_to: |name| format!("Write to {name}"),
    write_to_submit: "Start talking",
    first_run_title: "You go first",
    first_run_lead: "This is the first account, and it makes you the owner. A room for everyone comes with it.",
    first_run_submit: "Get started",
    back_to: "Back to",
    react: "React",
    give: "Add",
    one_emoji: "That takes one emoji.",
    delete_sure: "It will be gone for everyone. You can undo it for 10 seconds.",
    restore_lead: "Changed your mind? You have a few seconds to undo it.",
    too_late: "It’s too late to undo.",
    short_name: "Messages",
    description: "Conversations that lose nothing, not even offline or after a restart.",
};
