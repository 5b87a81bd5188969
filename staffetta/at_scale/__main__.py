from staffetta.at_scale.commands import app

app()
