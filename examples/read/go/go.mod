module keyfob.example/follow

go 1.23
