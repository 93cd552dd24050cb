"""The applicant's pages: bind a form, call one service, redirect. They work without JavaScript."""
