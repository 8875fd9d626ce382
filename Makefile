SHELL := bash

.DEFAULT_GOAL := help
.PHONY: help run dev seed test screenshots bench lighthouse torture audit build

help: ## list these targets
	@awk -F ': .*## ' '/^[a-z]+:.* ## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: build ## build the messenger and start it on http://127.0.0.1:3000
	exec target/release/digital-messages serve

dev: ## start it, and rebuild on every change
	scripts/setup build
	. scripts/env; exec cargo leptos watch -- serve

seed: build ## fill the database with example people and messages
	target/release/digital-messages seed

test: ## run every check: formatting, lints, tests, the browser tests
	scripts/setup build
	scripts/setup test
	scripts/test

screenshots: build ## photograph every page and state, on a phone and a desktop, light and dark, into target/gallery
	scripts/setup test
	rm -rf target/gallery
	. scripts/env; cd end2end; exec npx playwright test --config gallery

bench: build ## measure how fast the page is there, takes keys and sends, on a slow phone, and print a table
	scripts/setup test
	. scripts/env; cd end2end; exec npx playwright test --config bench

lighthouse: build ## let Lighthouse judge the door and a conversation, on a slow phone
	scripts/setup test
	scripts/setup lighthouse
	scripts/lighthouse

torture: build ## break whatever can break, at full length, and look for messages lost or doubled
	scripts/setup test
	scripts/torture

# Two runs: only the second one fetches something, the list of known faults.
audit: ## check the licences, sources and known faults of the dependencies
	scripts/setup audit
	. scripts/env; cargo deny check bans licenses sources
	. scripts/env; cargo deny check advisories

build: ## build the messenger, ready to serve
	scripts/setup build
	. scripts/env; cargo leptos build --release --split --precompress
