//! English.

use super::{AsideTexts, Calendar, Lang, Refusals, SeldomTexts, Texts};

pub(super) const TEXTS: Texts = Texts {
    lang: Lang::En,

    app: "Digital messages",
    language: "Language",
    back: "Back",
    close: "Close",
    try_again: "Try again",
    load_failed: "Couldn’t load this.",
    somebody: "Someone",
    to_content: "Skip to the conversation",
    cancel: "Cancel",

    settings: "Settings",
    themes: ["Match device", "Light", "Dark"],
    accents: ["Blue", "Green", "Violet", "Orange"],
    densities: ["Roomy", "Compact"],

    go_to: "Where to?",
    keys: [
        ("Ctrl K", "Find a conversation, person or command"),
        ("Alt ↑ ↓", "Next conversation up or down"),
        ("Enter", "Send"),
        ("Shift Enter", "New line"),
        ("↑", "Edit your last message, if the field is empty"),
        ("Esc", "Close, cancel"),
        ("?", "This list"),
    ],

    first_room: "General",

    conversations: "Conversations",
    people: "People",
    new_room: "New room",
    open_rooms: "Open rooms",
    finder_placeholder: "Find people and rooms",
    find: "Find",
    found_title: "Search",
    nothing_found: "Nothing found",
    no_conversations: "All quiet",
    no_conversations_lead: "Search for someone, or have a look at the open rooms.",
    no_messages: "No messages yet",
    you_prefix: "You:",
    draft_prefix: "Draft:",
    saved: "Saved messages",
    saved_sub: "only you can see this",
    unread: |count| format!("{count} unread {}", plural(count.into(), "message", "messages")),
    unread_many: "more than 99 unread messages",

    conversation: "Conversation",
    mute: ["Mute for an hour", "Mute for 8 hours", "Mute for good"],
    archive: |count| format!("Archive ({count})"),
    actions_for: |title| format!("Actions for “{title}”"),
    pinned: "pinned",
    muted: "muted",
    marked: "marked as unread",

    write: "Write",
    you_blocked: |name| format!("You’ve blocked {name}"),
    you_blocked_lead: "You don’t get each other’s direct messages. Nobody is told.",

    new_talk: "New conversation",

    profile: "Profile",

    room_name: "Name",
    members: |count| format!("{count} {}", plural(count.into(), "member", "members")),
    join: "Join room",
    join_lead: "You’re not in this room yet. Join to read and write.",
    details: "Details",
    and_more: |count| format!("and {count} more"),

    choose_conversation: "Who’s on your mind?",
    choose_conversation_lead: "Pick a conversation on the left, or search for someone.",
    messages: "Messages",
    be_first: "Nobody has written here yet",
    be_first_lead: "Go first. The others will follow.",
    say_hello: |name| format!("Say hello to {name}"),
    say_hello_lead: "This is where your conversation begins.",
    saved_empty: "A place for your notes and links. Only you can see them.",
    older: "Older messages",
    newer: "Newer messages",
    newest: "Latest messages",
    new_messages: "New messages",
    typing_alone: "typing…",
    typing: |names| match names {
        [one] => [one, " is typing…"].concat(),
        [one, other] => [one, " and ", other, " are typing…"].concat(),
        [one, others @ ..] => [one, " and ", &others.len().to_string(), " more are typing…"].concat(),
        [] => String::new(),
    },
    online: "online",
    seen: ["last seen at ", "last seen yesterday at ", "last seen "],
    marks: ["sent", "delivered", "read"],
    to_the_end: "Jump to the latest messages",
    new_count: |count| format!("{count} {}", plural(count.into(), "new message", "new messages")),

    write_message: "Message",
    send: "Send",
    pending: "Sending…",
    not_sent: "Not sent.",
    retry: "Retry",
    edit: "Edit",
    editing: "Editing a message",
    discard: "Discard",
    deleted: "Message deleted",
    edited: "edited",
    chars_over: |count| {
        format!(
            "{count} {} too many",
            plural(count as u64, "character", "characters")
        )
    },
    chars_left: |count| format!("{count} {} left", plural(count as u64, "character", "characters")),

    actions: "Message actions",
    answering: "Replying to",
    forwarded_from: "Forwarded from",
    pinned_message: "Pinned",
    silent: "Without sound",
    not_shown: "Message not available",
    next_mention: "To the next mention",
    emoji_groups: [
        "Smileys",
        "People",
        "Animals and nature",
        "Food and drink",
        "Travel and places",
        "Activities",
        "Objects",
        "Symbols",
        "Flags",
    ],

    connecting: "Connecting…",
    offline: "You’re offline. Messages go out once you’re back.",
    waiting: |count| format!("{count} waiting."),
    new_version: "A new version is here — reload",

    share_title: "Where to?",

    not_found_title: "Nothing here",
    not_found_lead: "This page doesn’t exist, or it isn’t meant for you.",
    to_start: "To your conversations",

    refusals: Refusals {
        sign_in_first: "Please sign in first.",
        not_found: "There’s nothing like that here.",
        not_allowed: "That isn’t yours to change.",
        room_closed: "This room is closed: it can be read, but not written in.",
        invitation_over: "This invitation is no longer good. Ask for a new one.",
        bad_request: "That request made no sense. Reload the page and try again.",
        text_empty: "Write something first.",
        text_too_long: |chars, most| {
            format!(
                "Too long: {chars} {}, and {most} fit.",
                plural(chars as u64, "character", "characters")
            )
        },
        client_id_taken: "This message was already sent with another text. Please send it again.",
        withdrawn: "This message has been deleted.",
        lost: "The server was put back to an older copy, which lacks this message. Send it again?",
        handle_invalid: |least, most| {
            format!(
                "Use {least} to {most} letters, digits or _\u{a0}-\u{a0}. and start with a letter or digit."
            )
        },
        handle_taken: "That username, or one that looks just like it, is taken. Try another.",
        name_invalid: |most| format!("A name has up to {most} characters, and no invisible ones."),
        password_too_short: |least| {
            format!(
                "A little short: at least {least} {}, please.",
                plural(least as u64, "character", "characters")
            )
        },
        password_too_long: "That password is too long to keep. Please shorten it.",
        password_weak: "That one is easy to guess. Try a few unrelated words.",
        wrong_password: "That username and password don’t match.",
        picture_invalid: "That picture can’t be opened. Try a JPEG, PNG, WebP or GIF of up to 40 megapixels.",
        blocked: "You’ve blocked this person. Unblock them to write to each other.",
        already_set_up: "The first account is there already. Sign in or create your own.",
        time_invalid: "Choose a time in the future, within a year.",
        too_many: |most| format!("No more than {most} fit."),
        too_large: |most| format!("That’s too large: {} KB fit.", most / 1024),
        too_fast: |seconds| {
            format!(
                "Too fast. Try again in {seconds} {}.",
                plural(seconds, "second", "seconds")
            )
        },
        unavailable: "The server is busy right now. Try again in a minute.",
        broken: "Something broke on our side. Please try again.",
        offline: "Can’t reach the server.",
    },

    calendar: Calendar {
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        months_short: [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
        weekdays: [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ],
        weekdays_short: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        today: "Today",
        yesterday: "Yesterday",
        date: |day, month| format!("{month} {day}"),
        date_with_year: |day, month, year| format!("{month} {day}, {year}"),
    },
};

pub(super) const ASIDE: AsideTexts = AsideTexts {
    save: "Save",
    appearance: "Appearance",
    theme: "Theme",
    accent: "Colour",
    density: "Spacing",
    account: "Account",
    command: "Command",
    shortcuts: "Keyboard shortcuts",
    sign_out: "Sign out",
    rooms: "Rooms",
    nothing_found_for: |query| format!("Nothing found for “{query}”"),
    pin: "Pin to the top",
    unpin: "Unpin",
    unmute: "Unmute",
    archive_it: "Archive",
    unarchive: "Bring back from the archive",
    mark_unread: "Mark as unread",
    mark_read: "Mark as read",
    block: "Block",
    unblock: "Unblock",
    common_rooms: "Rooms in common",
    local_time: |time| format!("it’s {time} there"),
    find_people: "Find people",
    talk_with: "With",
    talk_with_placeholder: "@anna @boris",
    talk_with_hint: "One username or several, with spaces between. You can name the conversation later.",
    begin_talk: "Start talking",
    nobody_found: "Someone of these can’t be found. Check the usernames.",
    name: "Name",
    about: "About you",
    about_placeholder: "Out until Friday, say",
    privacy: "What others see",
    shows_reading: "What I have read",
    shows_presence: "When I am online",
    privacy_hint: "What you hide from others, you don’t learn of them either.",
    readers: "Read by",
    show_zone: "Show my local time",
    picture: "Picture",
    picture_hint: "JPEG, PNG, WebP or GIF, up to 5 MB. Its middle is kept.",
    set_picture: "Set picture",
    remove_picture: "Remove picture",
    blocked_people: "Blocked",
    room_name_placeholder: "Weekend trips, say",
    room_kind: "Who can join",
    room_open: "Anyone",
    room_open_hint: "It shows up among the open rooms.",
    room_invited: "By invitation",
    room_invited_hint: "Only the people in it know about it.",
    make_room: "Create room",
    join_short: "Join",
    leave: "Leave room",
    open: "Open",
    add_person: "Add someone",
    add_person_handle: "Like @anna",
    add: "Add",
    no_open_rooms: "No open rooms yet. Make the first one!",
    answer: "Reply",
    forward: "Forward",
    forward_to: "Forward to",
    copy_text: "Copy text",
    copy_link: "Copy link",
    text_copied: "Copied.",
    not_copied: "Couldn’t copy that.",
    pin_message: "Pin",
    unpin_message: "Unpin",
    who_responded: "Who reacted",
    who_read: "Who has read it",
    responses: "Responses",
    no_responses: "Nobody has read it yet.",
    earlier_texts: "Earlier versions",
    select: "Select",
    selected: |count| format!("{count} selected"),
    delete: "Delete",
    undo: "Undo",
    messages_deleted: |count| match count {
        1 => "Message deleted".into(),
        count => format!("{count} messages deleted"),
    },
    nothing_of_yours: "You can only delete your own messages.",
    more_emoji: "More emoji",
    finder_emoji: "Find an emoji",
    loading: "Loading…",
    pins: "Pinned messages",
    other_ways: "More ways to send",
    send_silently: "Send without sound",
    send_later: "Send later…",
    in_an_hour: "In an hour",
    today_at: |time| format!("Today at {time}"),
    tomorrow_at: |time| format!("Tomorrow at {time}"),
    day_at: |day, time| format!("{day} at {time}"),
    due: "When to send",
    schedule: "Schedule",
    scheduled_for: |when| format!("Scheduled: {when}."),
    schedule_offline: "There’s no connection. You can schedule this once it’s back; the text stays in the field.",
    scheduled: "Scheduled messages",
    scheduled_count: |count| format!("{count} scheduled"),
    scheduled_failed: |count| format!("{count} not sent"),
    share_text: "What to send",
    share_lead: "The text goes into the message field. You send it yourself.",

    set_password_lead: "Set a password to sign in on another device",
    not_now: "Not now",
    history: "What newcomers see",
    history_all: "Everything so far",
    history_since: "Only what’s new",
};

pub(super) const SELDOM: SeldomTexts = SeldomTexts {
    handle: "Username",
    handle_hint: |now| {
        format!(
            "It’s {now} now. People find you by it, and you sign in with it. The ones before stay yours and still lead to you."
        )
    },
    change_handle: "Change username",
    set_password: "Set password",
    new_password: "New password",
    new_password_hint: |least| {
        format!(
            "At least {least} {}.",
            plural(least as u64, "character", "characters")
        )
    },
    sign_out_lost: "This account has no password: once you sign out, there’s no way back in.",
    sign_out_anyway: "Sign out anyway",
    newcomers: "Joining by link",
    newcomers_on: "People with an invitation can join without a password: a name is enough.",
    newcomers_off: "Only people with an account can join by invitation, or those who make one.",
    turn_on: "Let people in without a password",
    turn_off: "Turn this off",

    edit_room: "Edit room",
    room_description: "What it’s about",
    history_since_hint: "Newcomers don’t see what was said before them.",
    roles: ["member", "moderator", "owner"],
    make_role: ["Make a member", "Make a moderator", "Make an owner"],
    member_actions: |name| format!("Options for {name}"),
    remove: "Remove from room",
    remove_sure: |name| format!("{name} won’t see what’s written here any more."),
    remove_now: "Remove",
    close_room: "Close room",
    close_room_lead: "Nobody will be able to write here; reading stays as it is. You can reopen it later.",
    close_room_now: "Close it",
    reopen_room: "Reopen room",
    invitations: "Invitation links",
    invite: "Invite by link",
    make_invitation: "Create link",
    invitation_link: "Link",
    invitation_picture: "QR code",
    invitation_hours: "Good for",
    hours: ["An hour", "A day", "7 days", "30 days", "Ever"],
    invitation_uses: "How many can join",
    uses: ["1", "10", "100", "Anyone"],
    invitation_uses_left: |count| match count {
        Some(count) => format!("{count} {} left", plural(count.into(), "use", "uses")),
        None => "for anyone".to_owned(),
    },
    invitation_until: |time| format!("until {time}"),
    invitation_for_ever: "doesn’t expire",
    nothing_scheduled: "Nothing scheduled",
    nothing_scheduled_lead: "Write a message and choose “Send later” beside the send button.",
    all_scheduled: "All scheduled messages",
    send_now: "Send now",
    change: "Change",
    message_text: "Message",
    unschedule: "Don’t send",
    unschedule_sure: "The message will be deleted, and nobody will see it.",
    unschedule_now: "Delete",
    not_there: "You’re no longer in this conversation.",
    revoke: "Revoke",
    copy: "Copy",
    copied: "Link copied.",
};

pub(crate) fn plural(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::TEXTS;

    #[test]
    fn one_is_singular() {
        assert_eq!((TEXTS.members)(0), "0 members");
        assert_eq!((TEXTS.members)(1), "1 member");
        assert_eq!((TEXTS.members)(21), "21 members");
    }
}
