"""Surveys on innovation culture and public leadership, from questionnaire to published evidence."""
